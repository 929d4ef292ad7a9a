"""When a run is logged, counted in optimizer steps."""

import numpy as np

from scaling.networks.training.spec import TrainingSpec


def steps_per_epoch(spec: TrainingSpec, P: int) -> int:
    """Batches of one pass over P images; the last one may be smaller and is kept."""
    return -(-P // spec.batch_size)


def log_steps(spec: TrainingSpec, P: int) -> list[int]:
    """The numbers of steps after which a run is logged: increasing, the last is the end of the run.

    With log_unit "epochs", the distinct integers nearest to `log_points` log-spaced epochs from 1 to `epochs`; with
    "steps", the same of steps. The epoch of a point is its step divided by `steps_per_epoch`.
    """
    per_epoch = steps_per_epoch(spec, P)
    unit = per_epoch if spec.log_unit == "epochs" else 1
    last = spec.epochs * per_epoch // unit
    points = np.geomspace(1, last, spec.log_points).round().astype(int) if spec.log_points > 1 else [last]
    return [int(point) * unit for point in np.unique(points)]
