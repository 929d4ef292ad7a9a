"""One run on one device: the plain way, and the reference for the stacked engine."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from scaling.networks.build import build_model
from scaling.networks.layers import weight_layers
from scaling.networks.norms.layers import network_statistics
from scaling.networks.own_code import blamed
from scaling.networks.tasks import TASKS
from scaling.networks.training.arithmetic import autocast, exact_products
from scaling.networks.training.compiled import compiled
from scaling.networks.training.examples import DeviceExamples
from scaling.networks.training.fused import FusedOptimizer
from scaling.networks.training.graphs import Capture, recorded_if_asked
from scaling.networks.training.scores import mean_scores
from scaling.networks.training.spec import TrainingSpec
from scaling.networks.trial import one_tensor


class SingleRun:
    """A network in training. Every engine has this class's methods, with R runs where this one has one."""

    runs = 1

    def __init__(self, spec: TrainingSpec, examples: DeviceExamples, outputs: int, seeds: Sequence[int]) -> None:
        (self.seed,) = seeds
        self.spec, self.examples, self.device = spec, examples, examples.device
        self.task = TASKS.load(spec.task)
        self.model = build_model(spec.family, spec.sizes, examples.shape, outputs, spec.init_scale, seed=self.seed)
        self.layers = weight_layers(self.model, examples.shape, outputs, spec.family)
        self.model.to(self.device).train()
        self.network = compiled(self.model) if spec.compile is True else self.model
        self.optimizer = FusedOptimizer(spec, self.model.parameters())

    def scores(self, examples: Tensor) -> Tensor:
        """Scores [n, ..., outputs] of examples [n, ...]: float32, by way of the spec's arithmetic."""
        # An epoch's last batch may be smaller, and would be compiled for itself.
        network = self.network if len(examples) == self.spec.batch_size else self.model
        with autocast(self.spec, self.device), blamed(self.spec.family):
            return one_tensor(network(examples), self.spec.family).float()

    def train_step(self, index: Tensor, draws: Tensor | None) -> None:
        """One optimizer step on the examples `index` [R, batch], images augmented by `draws` [R, batch, 3]."""
        batch = self.examples.training_batch(index[0], None if draws is None else draws[0])
        targets = self.examples.train_targets.index_select(0, index[0])
        self.optimizer.step(self.task.loss(self.scores(batch), targets))

    @torch.inference_mode()
    def evaluate(self, subset: Tensor) -> Tensor:
        """Errors and losses [R, 4]: train error, train loss (`subset` [R, n], not augmented), test error, test loss.

        In float32, whatever the arithmetic of the training. Does not wait for the device.
        """
        self.model.eval()
        with exact_products(self.device):
            means = [mean_scores(self._plain_scores, self.task, self.examples, index) for index in (subset[0], None)]
        self.model.train()
        return torch.cat(means)[None]

    def _plain_scores(self, examples: Tensor) -> Tensor:
        with blamed(self.spec.family):
            return self.model(examples)

    def statistics(self) -> list[dict[str, Tensor]]:
        """Layer statistics, float64 [R] each (scaling.networks.norms.layers)."""
        state = {name: tensor[None] for name, tensor in self.model.state_dict().items()}
        return network_statistics(self.layers, state, self.spec.operator_norm)

    def state(self, run: int) -> dict:
        """Weights and optimizer of one run, and the generators that dropout draws from."""
        random = {"cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            random["cuda"] = torch.cuda.get_rng_state(self.device)
        optimizer = {"moments": self.optimizer.moments, "steps": self.optimizer.steps}
        return {"model": self.model.state_dict(), "optimizer": optimizer, "random": random}

    def load_state(self, run: int, state: dict) -> None:
        """Continue from what `state` gave."""
        self.model.load_state_dict(state["model"])
        for mine, saved in zip(self.optimizer.moments, state["optimizer"]["moments"], strict=True):
            torch._foreach_copy_(mine, saved)
        self.optimizer.steps.copy_(state["optimizer"]["steps"])
        torch.set_rng_state(state["random"]["cpu"])
        if self.device.type == "cuda":
            torch.cuda.set_rng_state(state["random"]["cuda"], self.device)


def make(
    spec: TrainingSpec,
    examples: DeviceExamples,
    outputs: int,
    seeds: Sequence[int],
    capture: Callable[[], Capture] | None = None,
) -> Any:
    """As scaling.networks.training.engines.make_engine has it."""
    return recorded_if_asked(SingleRun(spec, examples, outputs, seeds), spec, capture)
