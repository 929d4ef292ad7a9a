# The one place that reaches into Snakemake, for what it has no public way for. Tried with Snakemake 9.19 to 9.27
# (tests/workflow/test_internals.py); where another version has other insides, it is left out without harm.


# A cluster's jobs are told the path of Python without quotes, and would end as "not found" one after another.
#
# By its own limit of 100 job starts a second, Snakemake goes over all waiting jobs once a second for every job that
# has ended so far: after some dozens that keeps a core busy. A limit that was asked for stays.
onstart:
    executor = getattr(workflow, "executor_plugin", None)
    if executor and not executor.common_settings.local_exec and " " in sys.executable:
        raise WorkflowError(f"Python is {sys.executable}: for a cluster Snakemake takes no path with a space")
    limit = workflow.scheduling_settings.max_jobs_per_timespan
    if limit and (limit.max_jobs, limit.timespan) == (100, 1) and hasattr(workflow.scheduler, "job_rate_limiter"):
        workflow.scheduler.job_rate_limiter = None


# After a failed run: the files that were not made, whichever job's error it was.
onerror:
    jobs = workflow.dag.needrun_jobs() if hasattr(workflow.dag, "needrun_jobs") else []
    missing = sorted(path for job in jobs for path in job.output if not os.path.exists(path))
    if missing:
        print(
            f"Not made ({len(missing)} files), for the errors above:",
            *missing[:50],
            sep="\n  ",
            file=sys.stderr,
        )
    if len(missing) > 50:
        print(f"  ... and {len(missing) - 50} more", file=sys.stderr)


# One environment serves all rules. `container` has a form for the whole workflow, `conda` has none: it is set rule by rule
# here. Rules of a larger workflow that uses this one as a module keep theirs.
for each in workflow.rules:
    if hasattr(each, "conda_env") and each.shellcmd and str(each.snakefile).startswith(os.path.join(HERE, "")):
        each.conda_env = os.path.join(HERE, "envs", "environment.yaml")

if "apptainer" in {str(each) for each in getattr(workflow.deployment_settings, "deployment_method", ())}:
    if " " in IMAGE or not os.path.isfile(IMAGE):
        reason = "Snakemake takes no path with a space" if " " in IMAGE else "docs/cluster.md says how it is built"
        raise WorkflowError(f"--sdm apptainer: no image {IMAGE}: {reason}")
