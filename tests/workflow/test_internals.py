"""Snakemake's limit of job starts: lifted where nobody asked for one."""

import pytest

SAID = """
onsuccess:
    print("limit of job starts:", workflow.scheduler.job_rate_limiter)
"""


@pytest.mark.parametrize(
    ("options", "limited"), [((), False), (("--max-jobs-per-timespan", "50/1m"), True)], ids=["default", "asked for"]
)
def test_only_a_limit_that_was_asked_for_holds(study, options, limited):
    with (study.folder / "Snakefile").open("a") as file:
        file.write(SAID)
    said = study.run("--cores", "1", *options, "--", "results/plan.tsv")
    assert ("limit of job starts: None" in said) is not limited
    assert ("limit of job starts: <" in said) is limited
