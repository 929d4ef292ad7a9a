"""A recorder as a callback of Lightning's Trainer."""

from pathlib import Path
from typing import Any

from pytorch_lightning import Callback, LightningModule, Trainer

from scaling.own.recorder import Recorder


class LightningRecorder(Callback):
    """Records whenever the trainer validates, and saves at the end of the fit.

    Parameters
    ----------
    P, seed : as scaling.own.Recorder has them.
    file : .tsv or .csv.
    test_error, test_loss : names of logged metrics; the metrics need not be logged both. accuracy : the name of one of
        which the error is one minus.
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
        self.recorder: Recorder | None = None

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Find the network."""
        model = getattr(pl_module, self.network) if self.network else pl_module
        example = None if self.network else pl_module.example_input_array
        self.recorder = Recorder(model, P=self.P, seed=self.seed, example=example)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Note the norms and the metrics, but for the trainer's check before training."""
        if trainer.sanity_checking:
            return
        metrics = trainer.callback_metrics
        row: dict[str, Any] = {
            name: metrics[metric] for name, metric in self.names.items() if metric and metric in metrics
        }
        if (accuracy := row.pop("accuracy", None)) is not None:
            row["test_error"] = 1 - accuracy
        self.recorder.log(step=trainer.global_step, epoch=trainer.global_step / trainer.num_training_batches, **row)

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Save what was noted."""
        self.recorder.save(self.file)
