"""All runs of a block at once: their parameters stacked in one tensor per layer, one kernel for all of them.

A batch of 128 small images leaves a GPU waiting for the next launch; a block of runs of the same shape fills it.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from scaling.core.errors import BadInput
from scaling.networks.build import build_model
from scaling.networks.layers import weight_layers
from scaling.networks.norms.layers import network_statistics
from scaling.networks.own_code import blamed
from scaling.networks.shape import Shape
from scaling.networks.tasks import TASKS
from scaling.networks.training.arithmetic import autocast, exact_products
from scaling.networks.training.examples import DeviceExamples
from scaling.networks.training.fused import FusedOptimizer
from scaling.networks.training.graphs import Capture, recorded_if_asked
from scaling.networks.training.scores import mean_scores
from scaling.networks.training.spec import TrainingSpec
from scaling.networks.trial import blank, one_tensor


class StackedRuns:
    """R runs in step; the methods are those of SingleRun.

    Each run has the initial weights, subset, order of images and augmentation that it has alone, and batch norms with
    statistics of its own, so that it differs from the run alone by rounding only. The exception is dropout: one
    generator draws the masks of all runs.
    """

    def __init__(self, spec: TrainingSpec, examples: DeviceExamples, outputs: int, seeds: Sequence[int]) -> None:
        self.spec, self.examples, self.device, self.runs = spec, examples, examples.device, len(seeds)
        self.task = TASKS.load(spec.task)
        models = [
            build_model(spec.family, spec.sizes, examples.shape, outputs, spec.init_scale, seed=seed) for seed in seeds
        ]
        self.layers = weight_layers(models[0], examples.shape, outputs, spec.family)
        self.model = models[0].train()  # the shape of the network; its own weights are not used
        if self.device.type == "cuda":
            batch_norms_in_float32(self.model)
        trained = {name: tensor.requires_grad for name, tensor in models[0].named_parameters()}
        self.parameters = {
            name: tensor.detach().to(self.device).requires_grad_(trained[name])
            for name, tensor in _stacked([dict(model.named_parameters()) for model in models]).items()
        }
        buffers = _stacked([dict(model.named_buffers()) for model in models])
        self.buffers = {name: tensor.to(self.device) for name, tensor in buffers.items()}
        self.optimizer = FusedOptimizer(spec, self.parameters.values())
        self._try(examples.shape)

    def _try(self, shape: Shape) -> None:
        """Forward and backward on two blank examples, by which nothing changes: not every module can be stacked."""
        buffers = {name: tensor.clone() for name, tensor in self.buffers.items()}
        devices = [self.device] if self.device.type == "cuda" else []
        try:
            with torch.random.fork_rng(devices=devices):
                two = blank(shape, self.runs, 2, device=self.device)
                scores = vmap(self._scores, randomness="different")(self.parameters, buffers, two)
                torch.autograd.grad(scores.sum(), self.optimizer.parameters, allow_unused=True)
        except BadInput:
            raise
        except (RuntimeError, TypeError, ValueError) as problem:
            why = " ".join(str(problem).split())[:200]
            raise BadInput(
                f"engine: stacked cannot train {self.spec.family}: {why}; allowed for it: single, lanes, streams"
            ) from problem
        except Exception:  # a mistake in it, whatever the engine
            with blamed(self.spec.family):
                raise

    def scores(self, examples: Tensor) -> Tensor:
        """Scores [R, n, ..., outputs] of every run's own training examples [R, n, ...] (see SingleRun)."""
        with blamed(self.spec.family):
            return vmap(self._scores, randomness="different")(self.parameters, self.buffers, examples)

    def _scores(self, parameters: dict[str, Tensor], buffers: dict[str, Tensor], examples: Tensor) -> Tensor:
        with autocast(self.spec, self.device):
            return one_tensor(self._plain_scores(parameters, buffers, examples), self.spec.family).float()

    def _plain_scores(self, parameters: dict[str, Tensor], buffers: dict[str, Tensor], examples: Tensor) -> Tensor:
        return functional_call(self.model, (parameters, buffers), (examples,))

    def _batch(self, index: Tensor, draws: Tensor | None) -> tuple[Tensor, Tensor]:
        flat = index.flatten()
        examples = self.examples.training_batch(flat, None if draws is None else draws.flatten(0, 1))
        targets = self.examples.train_targets.index_select(0, flat)
        return examples.unflatten(0, index.shape), targets.unflatten(0, index.shape)

    def train_step(self, index: Tensor, draws: Tensor | None) -> None:
        """One optimizer step of every run on its examples `index` [R, batch], augmented by `draws` [R, batch, 3]."""
        examples, targets = self._batch(index, draws)
        scores = self.scores(examples)
        # The sum of the runs' mean losses: a run's parameters are in its own loss alone, and so is their gradient.
        # (Inside vmap, cross_entropy is decomposed in Python: a quarter of a small network's step.)
        number = index.shape[1] * self.examples.shape.targets
        loss = self.task.loss(scores.flatten(0, 1), targets.flatten(0, 1), "sum") / number
        self.optimizer.step(loss)

    @torch.no_grad()
    def evaluate(self, subset: Tensor) -> Tensor:
        """Errors and losses [R, 4]: train error, train loss (`subset` [R, n], not augmented), test error, test loss.

        In float32, whatever the arithmetic of the training.
        """
        self.model.eval()
        with exact_products(self.device):
            scores = self._one_by_one(subset) if self.device.type == "cpu" else self._together(subset)
        self.model.train()
        return scores

    def _one_by_one(self, subset: Tensor) -> Tensor:
        """Where launches cost little, products of one run's own are faster than those of all runs."""
        scores = []
        for run, index in enumerate(subset):
            network = partial(self._scores_of, run)
            scores.append(torch.cat([mean_scores(network, self.task, self.examples, of) for of in (index, None)]))
        return torch.stack(scores)

    def _scores_of(self, run: int, examples: Tensor) -> Tensor:
        parameters, buffers = (
            {name: tensor[run] for name, tensor in stacks.items()} for stacks in (self.parameters, self.buffers)
        )
        with blamed(self.spec.family):
            return self._plain_scores(parameters, buffers, examples)

    def _together(self, subset: Tensor) -> Tensor:
        data = self.examples
        size = max(64, 8192 // self.runs)
        train = torch.zeros(self.runs, 2, dtype=torch.float64, device=self.device)
        test = torch.zeros_like(train)
        for index in subset.split(size, dim=1):
            train += self._score(*self._batch(index, None), 0)
        for batch, targets in zip(data.test_examples.split(size), data.test_targets.split(size), strict=True):
            test += self._score(data.seen(batch), targets, None)
        each = data.shape.targets
        return torch.cat([train / (subset.shape[1] * each), test / (len(data.test_targets) * each)], dim=1)

    def _score(self, examples: Tensor, targets: Tensor, dimension: int | None) -> Tensor:
        """Sums of errors and losses [R, 2]; `dimension` 0 if each run has examples of its own."""
        with blamed(self.spec.family):
            scores = vmap(self._plain_scores, in_dims=(0, 0, dimension))(self.parameters, self.buffers, examples)
        if dimension is None:
            targets = targets.expand(self.runs, *targets.shape)
        errors = self.task.error(scores, targets).flatten(1)
        losses = self.task.loss(scores.flatten(0, 1), targets.flatten(0, 1), "none").view(self.runs, -1)
        return torch.stack([values.double().sum(1) for values in (errors, losses)], dim=1)

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
    examples: DeviceExamples,
    outputs: int,
    seeds: Sequence[int],
    capture: Callable[[], Capture] | None = None,
) -> Any:
    """As scaling.networks.training.engines.make_engine has it."""
    return recorded_if_asked(StackedRuns(spec, examples, outputs, seeds), spec, capture)
