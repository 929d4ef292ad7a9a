# From images to the paper's tables and figures, with solvable models beside them. Every room has a folder in rules/.
from snakemake.utils import min_version

min_version("9.19")

import os
import sys

HERE = workflow.current_basedir.path
sys.path.insert(0, os.path.join(HERE, "workflow_scripts"))

from scaling.core.errors import BadInput
from scaling.core.written import text_of
from snakemake.exceptions import WorkflowError

# The configuration of the folder that Snakemake works in; where it has none, that of this checkout.
CONFIG = "config.yaml" if os.path.exists("config.yaml") else os.path.join(HERE, "config.yaml")
try:
    text_of(CONFIG)  # Snakemake has no line for a file in another encoding
except BadInput as problem:
    raise WorkflowError(str(problem))


configfile: CONFIG


# What `--sdm apptainer` runs rules in, once it is built: docs/cluster.md. Snakemake takes no image with a space in its path.
IMAGE = os.path.join(HERE, "envs", "image.sif")


container: None if " " in IMAGE else IMAGE


include: "rules/common.smk"


for room in ROOMS:
    of_others = len(TARGETS)

    include: room

    BESIDE += TARGETS[of_others:] if os.path.basename(os.path.dirname(room)) in ROOMS_BESIDE else []


include: "rules/internals.smk"


wildcard_constraints:
    of="|".join(source.of for source in SOURCES),


rule all:
    default_target: True
    input:
        TARGETS,


# What `make` asks for: the paper's tables and figures, its networks and its perceptron.
rule study:
    input:
        [file for file in TARGETS if file not in BESIDE],
