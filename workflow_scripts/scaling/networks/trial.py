"""Examples on which a network is tried before it is trained, and what it must give for them."""

import torch
from torch import Tensor

from scaling.core.errors import BadInput
from scaling.networks.shape import Shape


def blank(
    shape: tuple[int, ...], *number: int, dtype: torch.dtype | None = None, device: torch.device | None = None
) -> Tensor:
    """Examples of zeros [*number, *shape], as a network is given them; `dtype` where they are real numbers."""
    tokens = Shape.of(shape).kind == "tokens"
    return torch.zeros(*number, *shape, dtype=torch.int64 if tokens else dtype, device=device)


def drawn(
    shape: tuple[int, ...],
    number: int,
    alphabet: int,
    dtype: torch.dtype | None = None,
    device: torch.device | None = None,
) -> Tensor:
    """Random examples [number, *shape], always the same: normal numbers, or tokens of an alphabet."""
    generator = torch.Generator().manual_seed(0)
    if Shape.of(shape).kind == "tokens":
        return torch.randint(alphabet, (number, *shape), generator=generator).to(device)
    return torch.randn(number, *shape, generator=generator).to(device, dtype)


def one_tensor(scores: object, family: str) -> Tensor:
    """The scores; BadInput unless they are one tensor."""
    if not isinstance(scores, Tensor):
        raise BadInput(f"{family}: in training the model returns a {type(scores).__name__}; allowed: one tensor")
    return scores


def check_scores(scores: object, shape: Shape, outputs: int, family: str) -> None:
    """Raise BadInput unless a network's output is a tensor [n, outputs]; [n, length, outputs] of as many targets."""
    what, answers = ("images", "classes") if shape.kind == "images" else ("examples", "outputs")
    wanted = [shape.targets] * (shape.targets > 1) + [outputs]
    if not isinstance(scores, Tensor):
        raise BadInput(
            f"{family}: the model returns a {type(scores).__name__}; allowed: one tensor of scores, [{what}, {answers}]"
        )
    if scores.ndim != 1 + len(wanted) or list(scores.shape[1:]) != wanted:
        raise BadInput(
            f"{family}: the model gives scores of shape {list(scores.shape)} for {len(scores) if scores.ndim else 1} "
            f"{what[:-1]}(s) of {outputs} {answers}; allowed: [{', '.join([what, *map(str, wanted)])}]"
        )
