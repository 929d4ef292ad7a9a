"""The scaling in the number p of features.

In: a power law, activations, sizes, p/d. Out: features.tsv, a row per kind of features and p with the floor at n =
infinity; features_paths.parquet, error against norm at n = infinity; features_joint.tsv, the smallest error at n and p;
features_isotropic.tsv, that of random features of isotropic inputs in d dimensions.
"""

from pathlib import Path

import numpy as np

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.covariates.feature_scaling import floors, isotropic, joint, population_paths

RATIOS = np.geomspace(1e-3, 1e3, 13)  # n over p^(1 + delta/2)
N_OVER_D = np.geomspace(0.1, 1e5, 19)


def main(
    a: float,
    delta: float,
    activations: list[str],
    sizes: list[int],
    joint_sizes: list[int],
    p_over_d: list[float],
    floors_table: Path,
    paths: Path,
    joint_table: Path,
    isotropic_table: Path,
) -> None:
    """Write floors, paths, the joint law and the isotropic inputs."""
    write_table(floors(a, delta, activations, sizes), floors_table)
    write_table(population_paths(a, delta, sizes), paths)
    write_table(joint(a, delta, activations, joint_sizes, RATIOS), joint_table)
    write_table(isotropic(activations, p_over_d, N_OVER_D), isotropic_table)


if __name__ == "__main__":
    command(main)
