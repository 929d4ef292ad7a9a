"""The library by itself: curves of a training loop of your own, and the exponents in them.

    from scaling.own import Recorder, read_curves, fit, predict

Nothing of the workflow is needed for it, and no configuration.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaling.own.curves import read_curves
    from scaling.own.exponents import Fit, Number, fit, plot, predict
    from scaling.own.recorder import Recorder

__all__ = ["Fit", "Number", "Recorder", "fit", "plot", "predict", "read_curves"]

_WHERE = {"read_curves": "curves", "Recorder": "recorder"}  # all others: exponents


def __getattr__(name: str) -> Any:
    """What is asked for alone is imported: to read curves needs no torch, to record them no pandas."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"scaling.own.{_WHERE.get(name, 'exponents')}"), name)
