# From images to the paper's tables and figures, with solvable models beside them. Every room has a folder in rules/.
from snakemake.utils import min_version

min_version("9.19")

import os

HERE = workflow.current_basedir.path


# The configuration of the folder that Snakemake works in; where it has none, that of this checkout.
configfile: "config.yaml" if os.path.exists("config.yaml") else f"{HERE}/config.yaml"


include: "rules/common.smk"
include: "rules/internals.smk"


for room in ROOMS:

    include: room


wildcard_constraints:
    of="|".join(source.of for source in SOURCES),


rule all:
    default_target: True
    input:
        TARGETS,
