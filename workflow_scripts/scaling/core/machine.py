"""The machine that trains."""

import os
import platform
from contextlib import suppress
from pathlib import Path

import torch


def machine() -> dict[str, str | int]:
    """This machine: device (what PyTorch trains on here: cpu or cuda), its name, and the number of cores."""
    cuda = torch.cuda.is_available()
    name = torch.cuda.get_device_name() if cuda else _processor()
    return {"device": "cuda" if cuda else "cpu", "name": name, "cores": os.cpu_count() or 1}


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
