"""The scaling in the number of features.

In: features_paths.parquet, features.tsv, features_joint.tsv, features_isotropic.tsv. Out: the figure as PDF and PNG.
"""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.covariates.figures.features import figure_features
from scaling.plotting.style import save_figure


def main(paths: Path, floors: Path, joint: Path, isotropic: Path, pdf: Path, png: Path) -> None:
    """Draw the figure."""
    save_figure(figure_features(*(read_table(table) for table in (paths, floors, joint, isotropic))), pdf, png)


if __name__ == "__main__":
    command(main)
