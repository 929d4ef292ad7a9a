"""Where things are, and the configuration as it stands: the one place from which tests know it."""

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "workflow_scripts"
LIBRARY = SCRIPTS / "scaling"
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
EXAMPLE_CURVES = ROOT / "examples/own_curves.tsv"
