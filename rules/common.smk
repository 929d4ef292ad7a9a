# The typed configuration, the paths and the code fingerprints that every stage shares.
import glob
import json
import os
import shutil
import sys

workflow_scripts = os.path.join(workflow.basedir, "workflow_scripts")
sys.path.insert(0, workflow_scripts)

from fingerprint import fingerprint as code
from scaling.config import NAMES, read_study
from scaling.errors import BadInput
from snakemake.exceptions import WorkflowError

try:
    STUDY = read_study(config)
except BadInput as problem:
    raise WorkflowError(str(problem))

# Setting a prefix takes away the one that lets a command fail by any of its parts: that comes back first. Rules call
# `python`: let it be the one that runs Snakemake, whether or not its environment is activated.
shell.prefix(
    f"set -euo pipefail; export PATH={os.path.dirname(sys.executable)}:$PATH; "
)

# On a cluster Snakemake asks sacct how its jobs are: through slurm/bin/sacct, which says why.
slurm_programs = os.path.join(workflow.basedir, "slurm", "bin")
if shutil.which("sacct") and slurm_programs not in os.get_exec_path():
    os.environ.update(PATH=os.pathsep.join([slurm_programs, *os.get_exec_path()]))


wildcard_constraints:
    cell=NAMES["cells"][0],
    dataset=NAMES["datasets"][0],
    variant=NAMES["variants"][0],
    name=NAMES["external"][0],
    norm=r"\w+",
    study=r"[\w.-]+",
    P=r"\d+",
    seed=r"\d+",
    block=r"\d+",


def to_json(value):
    """A parameter as the JSON text that a script takes (quote it with :q in the shell command)."""
    if hasattr(value, "model_dump_json"):
        return value.model_dump_json()
    return json.dumps(value, sort_keys=True)
