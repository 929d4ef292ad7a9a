"""What `auto` stands for: the device, the engine, whether networks are compiled, and how many lanes there are."""

from dataclasses import replace

import torch

from scaling.core.errors import BadInput
from scaling.networks.build import build_model
from scaling.networks.data.arrays import Arrays
from scaling.networks.training.compiled import compiling_works
from scaling.networks.training.lanes import has_dropout
from scaling.networks.training.loop import Job
from scaling.networks.training.spec import TrainingSpec

#: A ViT of fewer parameters is faster in a stack than on lanes.
SMALL_VIT = 1_000_000
#: How many lanes a network has, and one of few parameters.
LANES, MANY_LANES, FEW_PARAMETERS = 3, 8, 2_000_000


def device_named(name: str) -> str:
    """ "cpu" or "cuda": "auto" is a GPU where there is one. BadInput for another name."""
    if name not in ("auto", "cpu", "cuda"):
        raise BadInput(f"device: {name!r} is not one of auto, cpu, cuda")
    return ("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name


def chosen(spec: TrainingSpec, arrays: Arrays, device: str) -> TrainingSpec:
    """The spec with `auto` filled in: what was fastest on an H100 (docs/speed.md); on a CPU runs one by one."""
    if spec.compile == "auto":
        spec = replace(spec, compile=_compiling_pays(spec, arrays, device) and compiling_works(device))
    if spec.engine != "auto":
        return spec
    if device == "cpu":
        return replace(spec, engine="single")
    # A stack cannot be compiled.
    stacked = not spec.compile and _small_vit(spec, arrays)
    return replace(spec, engine="stacked" if stacked else "lanes", cuda_graphs=True)


def _compiling_pays(spec: TrainingSpec, arrays: Arrays, device: str) -> bool:
    """In float32 it was not measured: products take more of the time there, and fused operations save less."""
    if device == "cpu" or spec.engine == "stacked" or spec.precision == "float32":
        return False
    return spec.precision == "bf16" or not _small_vit(spec, arrays)


def _small_vit(spec: TrainingSpec, arrays: Arrays) -> bool:
    return spec.family.lower() == "vit" and number_of_parameters(spec, arrays) < SMALL_VIT


def number_of_parameters(spec: TrainingSpec, arrays: Arrays) -> int:
    """Of the network, which is not made for it."""
    with torch.device("meta"):
        model = build_model(spec.family, spec.sizes, arrays.shape, arrays.outputs, seed=0)
    return sum(parameter.numel() for parameter in model.parameters())


def lanes_of(job: Job, outputs: int) -> int:
    """How many runs at a time: small networks leave more of a GPU to others."""
    if has_dropout(job, outputs):
        return 1
    return MANY_LANES if number_of_parameters(job.spec, job.arrays) < FEW_PARAMETERS else LANES
