"""All runs of a block at once: their parameters stacked in one tensor per layer, one kernel for all of them.

A batch of 128 small images leaves a GPU waiting for the next launch; a block of runs of the same shape fills it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from scaling.core.errors import BadInput
from scaling.networks.build import build_model
from scaling.networks.layers import weight_layers
from scaling.networks.norms.layers import network_statistics
from scaling.networks.tasks import TASKS
from scaling.networks.training.arithmetic import autocast, exact_products
from scaling.networks.training.fused import FusedOptimizer
from scaling.networks.training.graphs import Capture, recorded_if_asked
from scaling.networks.training.images import DeviceImages
from scaling.networks.training.spec import TrainingSpec


class StackedRuns:
    """R runs in step; the methods are those of SingleRun.

    Each run has the initial weights, subset, order of images and augmentation that it has alone, and batch norms with
    statistics of its own, so that it differs from the run alone by rounding only. The exception is dropout: one
    generator draws the masks of all runs.
    """

    def __init__(self, spec: TrainingSpec, images: DeviceImages, classes: int, seeds: Sequence[int]) -> None:
        self.spec, self.images, self.device, self.runs = spec, images, images.device, len(seeds)
        self.task = TASKS.load(spec.task)
        models = [
            build_model(spec.family, spec.sizes, images.shape, classes, spec.init_scale, seed=seed) for seed in seeds
        ]
        self.layers = weight_layers(models[0], images.shape, classes, spec.family)
        self.model = models[0].train()  # the shape of the network; its own weights are not used
        if self.device.type == "cuda":
            batch_norms_in_float32(self.model)
        self.parameters = {
            name: tensor.detach().to(self.device).requires_grad_(models[0].get_parameter(name).requires_grad)
            for name, tensor in _stacked([dict(model.named_parameters()) for model in models]).items()
        }
        buffers = _stacked([dict(model.named_buffers()) for model in models])
        self.buffers = {name: tensor.to(self.device) for name, tensor in buffers.items()}
        self.optimizer = FusedOptimizer(spec, self.parameters.values())
        self._try(images.shape)

    def _try(self, shape: tuple[int, int, int]) -> None:
        """Forward and backward on two blank images, by which nothing changes: not every module can be stacked."""
        buffers = {name: tensor.clone() for name, tensor in self.buffers.items()}
        devices = [self.device] if self.device.type == "cuda" else []
        try:
            with torch.random.fork_rng(devices=devices):
                blank = torch.zeros(self.runs, 2, *shape, device=self.device)
                scores = vmap(self._scores, randomness="different")(self.parameters, buffers, blank)
                torch.autograd.grad(scores.sum(), self.optimizer.parameters, allow_unused=True)
        except (RuntimeError, TypeError, ValueError) as problem:
            why = " ".join(str(problem).split())[:200]
            raise BadInput(
                f"engine: stacked cannot train {self.spec.family}: {why}; allowed for it: single, lanes, streams"
            ) from problem

    def scores(self, images: Tensor) -> Tensor:
        """Class scores [R, n, classes] of every run's own training images [R, n, c, h, w] (see SingleRun)."""
        return vmap(self._scores, randomness="different")(self.parameters, self.buffers, images)

    def _scores(self, parameters: dict[str, Tensor], buffers: dict[str, Tensor], images: Tensor) -> Tensor:
        with autocast(self.spec, self.device):
            return self._plain_scores(parameters, buffers, images).float()

    def _plain_scores(self, parameters: dict[str, Tensor], buffers: dict[str, Tensor], images: Tensor) -> Tensor:
        return functional_call(self.model, (parameters, buffers), (images,))

    def _batch(self, index: Tensor, draws: Tensor | None) -> tuple[Tensor, Tensor]:
        flat = index.flatten()
        images = self.images.training_batch(flat, None if draws is None else draws.flatten(0, 1))
        return images.unflatten(0, index.shape), self.images.train_labels.index_select(0, flat).view(index.shape)

    def train_step(self, index: Tensor, draws: Tensor | None) -> None:
        """One optimizer step of every run on its images `index` [R, batch], augmented by `draws` [R, batch, 3]."""
        images, labels = self._batch(index, draws)
        scores = self.scores(images)
        # The sum of the runs' mean losses: a run's parameters are in its own loss alone, and so is their gradient.
        # (Inside vmap, cross_entropy is decomposed in Python: a quarter of a small network's step.)
        loss = self.task.loss(scores.flatten(0, 1), labels.flatten(), "sum") / index.shape[1]
        self.optimizer.step(loss)

    @torch.no_grad()
    def evaluate(self, subset: Tensor) -> Tensor:
        """Errors and losses [R, 4]: train error, train loss (`subset` [R, P], not augmented), test error, test loss.

        In float32, whatever the arithmetic of the training.
        """
        self.model.eval()
        images = self.images
        size = 256 if self.device.type == "cpu" else max(64, 8192 // self.runs)
        train = torch.zeros(self.runs, 2, dtype=torch.float64, device=self.device)
        test = torch.zeros_like(train)
        with exact_products(self.device):
            for index in subset.split(size, dim=1):
                train += self._score(*self._batch(index, None), 0)
            for batch, labels in zip(images.test_images.split(size), images.test_labels.split(size), strict=True):
                test += self._score(images.normalise(batch), labels, None)
        self.model.train()
        return torch.cat([train / subset.shape[1], test / len(images.test_labels)], dim=1)

    def _score(self, images: Tensor, labels: Tensor, dimension: int | None) -> Tensor:
        """Misclassified images and summed losses [R, 2]; `dimension` 0 if each run has images of its own."""
        scores = vmap(self._plain_scores, in_dims=(0, 0, dimension))(self.parameters, self.buffers, images)
        labels = labels.expand(self.runs, -1)
        wrong = self.task.error(scores, labels).sum(1)
        losses = self.task.loss(scores.flatten(0, 1), labels.flatten(), "none")
        return torch.stack([wrong.double(), losses.view(labels.shape).double().sum(1)], dim=1)

    def statistics(self) -> list[dict[str, Tensor]]:
        """Layer statistics, float64 [R] each (scaling.networks.norms.layers)."""
        return network_statistics(self.layers, self.parameters | self.buffers, self.spec.operator_norm)

    def state(self, run: int) -> dict:
        """Weights and optimizer of one run, and the generators that dropout draws from."""
        optimizer = {
            "moments": [[tensor[run].clone() for tensor in moment] for moment in self.optimizer.moments],
            "steps": self.optimizer.steps,
        }
        model = {name: tensor.detach()[run].clone() for name, tensor in (self.parameters | self.buffers).items()}
        random = {"cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            random["cuda"] = torch.cuda.get_rng_state(self.device)
        return {"model": model, "optimizer": optimizer, "random": random}

    @torch.no_grad()
    def load_state(self, run: int, state: dict) -> None:
        """Continue from what `state` gave."""
        for name, tensor in (self.parameters | self.buffers).items():
            tensor[run].copy_(state["model"][name])
        for mine, saved in zip(self.optimizer.moments, state["optimizer"]["moments"], strict=True):
            torch._foreach_copy_([tensor[run] for tensor in mine], saved)
        self.optimizer.steps.copy_(state["optimizer"]["steps"])  # the same number for every run
        torch.set_rng_state(state["random"]["cpu"])
        if self.device.type == "cuda":
            torch.cuda.set_rng_state(state["random"]["cuda"], self.device)


def batch_norms_in_float32(model: nn.Module) -> None:
    """Let the batch norms of `model` compute in float32, whatever the precision of their input; their output keeps it.

    So does a GPU's kernel of a single run with bfloat16 inputs and float32 statistics. vmap calls it without gain and
    bias (they are applied afterwards), and without these the kernel's gradient refuses two precisions.
    """

    def in_float32(forward: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        return lambda images: forward(images.float()).to(images.dtype)

    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.forward = in_float32(module.forward)


@torch.no_grad()
def _stacked(models: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """[R, ...] of each tensor of R models of one shape."""
    return {name: torch.stack([model[name] for model in models]) for name in models[0]}


def make(
    spec: TrainingSpec,
    images: DeviceImages,
    classes: int,
    seeds: Sequence[int],
    capture: Callable[[], Capture] | None = None,
) -> Any:
    """As scaling.networks.training.engines.make_engine has it."""
    return recorded_if_asked(StackedRuns(spec, images, classes, seeds), spec, capture)
