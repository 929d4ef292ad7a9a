# The typed configuration, how rules call steps, the code's fingerprints, and the lists that rooms add to.
import glob
import json
import os
import re
import shutil
import sys

from scaling.config import read_study
from scaling.core.written import check_files, check_words
from scaling.core.fingerprint import fingerprint as code
from scaling.networks.settings import NAMES
from scaling.sources.source import Row, Source, study_of

try:
    check_files(workflow.configfiles)
    check_words(sys.argv)
    STUDY = read_study(config, workflow.configfiles)
except BadInput as problem:
    raise WorkflowError(str(problem))

# What rooms add to: the files that `all` asks for, those of them that the target `study` leaves out, and where learning
# curves come from; tables of which laws hold (columns: scaling.laws.table), and exact curves whose exponents are known
# (scaling.laws.procedures).
TARGETS = []
BESIDE = []
SOURCES = []
LAWS = []
KNOWN_CURVES = []
# The rooms of models that the paper has not.
ROOMS_BESIDE = ("covariates", "interpolators", "laws", "shallow")
ROOMS = sorted(glob.glob(os.path.join(glob.escape(HERE), "rules", "*", "*.smk")))

# How a rule calls a step: python "$SCALING_RUN" ROOM/STEP --option ... The path is in the environment and not in the
# command, so that a checkout that moves reruns nothing; and `python` is the one that runs Snakemake, whether or not its
# environment is activated.
os.environ.update(
    SCALING_RUN=os.path.join(HERE, "workflow_scripts", "run.py"),
    PATH=os.pathsep.join([os.path.dirname(sys.executable), *os.get_exec_path()]),
)

# On a cluster Snakemake asks sacct how its jobs are: through slurm/bin/sacct, which says why.
slurm_programs = os.path.join(HERE, "slurm", "bin")
if shutil.which("sacct") and slurm_programs not in os.get_exec_path():
    os.environ.update(PATH=os.pathsep.join([slurm_programs, *os.get_exec_path()]))


wildcard_constraints:
    cell=r"[\w.-]+",
    dataset=NAMES["datasets"][0],
    variant=NAMES["variants"][0],
    norm=r"\w+",
    study=r"[\w.-]+",
    P=r"\d+",
    seed=r"\d+",
    block=r"\d+",


# What Snakemake makes first where jobs wait for a core: data, then what the one picture shows, then Table 1.
SHOWN_CELL = next(iter(STUDY.cells), "")
FIRST, SECOND = 2 * 10**9, 10**9


def shown_early(wildcards):
    """The priority of a job: runs and exponents of the baselines in the main norm, those of the first cell above all."""
    asked = {"of": "", "variant": "baseline", "norm": STUDY.norms[0], **wildcards}
    if (asked["of"], asked["variant"], asked["norm"]) != ("", "baseline", STUDY.norms[0]):
        return 0
    return FIRST if asked["cell"] == SHOWN_CELL else SECOND


def to_json(value):
    """A parameter as the JSON text that a script takes (quote it with :q in the shell command)."""
    if hasattr(value, "model_dump_json"):
        return value.model_dump_json()
    return json.dumps(value, sort_keys=True)


def one_line(function):
    """The function, its BadInput an error of Snakemake's: one line, whichever rule has asked."""

    def asked(*arguments):
        try:
            return function(*arguments)
        except BadInput as problem:
            raise WorkflowError(str(problem))

    return asked


def options(files):
    """Named files, or lists of files, as the options of a step."""
    return [
        word for name, given in files.items() for word in [f"--{name}", *([given] if isinstance(given, str) else given)]
    ]


def source_of(of):
    """The source whose folder below results/ it is."""
    return next(source for source in SOURCES if re.fullmatch(source.of, of))


def row_of(wildcards):
    """What a rule with {of}, {cell}, {variant} and {norm} is about."""
    return Row(wildcards.of, wildcards.cell, wildcards.variant, wildcards.norm)


def rows_of(of, kind):
    """The rows of a table, or the panels of a figure, of a source."""
    return source_of(of).rows(of, kind)
