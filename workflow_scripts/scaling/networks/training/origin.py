"""Where a run was trained, and how: what its record says of itself wherever it is read later."""

import platform
import time
from typing import Any

import numpy as np
import torch

from scaling.core.machine import machine


def origin(
    precision: str,
    device: str,
    engine: str,
    lanes: int,
    recorded: bool,
    compiled: bool,
    channels_last: bool,
    code: str,
    seconds: float,
) -> dict[str, Any]:
    """This machine and software, and the way of training.

    Parameters
    ----------
    device : "cpu" or "cuda". lanes : how many runs shared the device. recorded : whether steps were CUDA graphs.
    compiled : whether the network was compiled.
    seconds : that the run took, whatever else was trained meanwhile.

    Returns
    -------
    device (the name of the processor or GPU), Python, torch, cuDNN, numpy (versions; cuDNN None on a CPU), precision,
    engine, lanes, recorded, compiled, channels_last, deterministic, code, seconds, ended (seconds since 1970).
    """
    cuda = device == "cuda"
    return {
        "device": torch.cuda.get_device_name() if cuda else machine()["name"],
        "Python": platform.python_version(),
        "torch": str(torch.__version__),
        "cuDNN": torch.backends.cudnn.version() if cuda else None,
        "numpy": np.__version__,
        "precision": precision,
        "engine": engine,
        "lanes": lanes,
        "recorded": recorded,
        "compiled": compiled,
        "channels_last": channels_last,
        "deterministic": True,
        "code": code,
        "seconds": round(seconds, 3),
        "ended": round(time.time(), 1),
    }
