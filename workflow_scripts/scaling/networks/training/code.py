"""The fingerprint of the code that trains, to which checkpoints and records of runs are bound. Needs no torch."""

from scaling.core.fingerprint import bytes_hash, fingerprint
from scaling.networks.training.spec import TrainingSpec

#: The module that trains (scaling.networks.training.block), as fingerprints name it.
TRAINED_BY = "scaling/networks/training/block"


def training_code(spec: TrainingSpec) -> str:
    """Of the syntax of what trains such a run."""
    return fingerprint(TRAINED_BY, *spec.modules())


def training_source(spec: TrainingSpec) -> str:
    """Of the bytes of the same files: the same under all versions of Python."""
    return bytes_hash(TRAINED_BY, *spec.modules())
