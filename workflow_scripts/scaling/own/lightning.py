"""A recorder as a callback of Lightning's Trainer."""

from pathlib import Path
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer

from scaling.core.errors import BadInput
from scaling.own.recorder import Recorder


class LightningRecorder(Callback):
    """Records and saves whenever the trainer validates; goes on with the file of a run that goes on from a checkpoint.

    Parameters
    ----------
    P, seed : as scaling.own.Recorder has them.
    file : .tsv or .csv.
    test_error, test_loss : names of logged metrics, one of them at least. accuracy : the name of one of which the
        error is one minus.
    network : attribute of the module that is the network, e.g. "model"; its own forward pass is watched. Without it,
        the whole module, by its `example_input_array`.

    Attributes
    ----------
    recorder : once the fit has begun.
    """

    def __init__(
        self,
        P: int,
        seed: int,
        file: str | Path,
        *,
        test_error: str | None = None,
        test_loss: str | None = None,
        accuracy: str | None = None,
        network: str | None = None,
    ) -> None:
        self.P, self.seed, self.file, self.network = P, seed, Path(file), network
        self.names = {"test_error": test_error, "test_loss": test_loss, "accuracy": accuracy}
        if not any(self.names.values()):
            raise BadInput(
                "LightningRecorder: one of test_error, test_loss, accuracy is needed: the name of a logged metric"
            )
        self.recorder: Recorder | None = None
        self._batches = 0  # of this epoch, seen so far

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Find the network."""
        model = getattr(pl_module, self.network) if self.network else pl_module
        example = None if self.network else pl_module.example_input_array
        if example is None and not self.network:
            raise BadInput("LightningRecorder: network is needed, or an example_input_array of the module")
        self.recorder = Recorder(model, P=self.P, seed=self.seed, example=example)

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Go on with the run's file where the trainer goes on from a checkpoint."""
        if self.recorder and trainer.global_step:
            self.recorder.resume(self.file, trainer.global_step)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Count."""
        self._batches = batch_idx + 1

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Note the norms and the metrics, but for the trainer's check before training; save what there is so far."""
        if trainer.sanity_checking or self.recorder is None or not trainer.global_step:
            return
        metrics = trainer.callback_metrics
        if missing := [metric for metric in self.names.values() if metric and metric not in metrics]:
            there = ", ".join(metrics) or "none"
            raise BadInput(f"LightningRecorder: no metric {missing[0]!r} was logged; there are {there}")
        row: dict[str, Any] = {name: metrics[metric] for name, metric in self.names.items() if metric}
        if (accuracy := row.pop("accuracy", None)) is not None:
            row["test_error"] = 1 - accuracy
        epoch = trainer.current_epoch + self._batches / trainer.num_training_batches
        self.recorder.log(step=trainer.global_step, epoch=epoch, **row)
        if trainer.is_global_zero:
            self.recorder.save(self.file)
