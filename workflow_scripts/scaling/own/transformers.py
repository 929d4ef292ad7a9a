"""A recorder as a callback of the Trainer of Hugging Face's transformers."""

from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from scaling.own.recorder import Recorder


class TransformersRecorder(TrainerCallback):
    """Records whenever the trainer evaluates, and saves at the end of the training.

    Parameters
    ----------
    P, seed : as scaling.own.Recorder has them.
    file : .tsv or .csv.
    test_error, test_loss : names of the metrics of an evaluation. accuracy : the name of one of which the error is one
        minus. Those that an evaluation does not have are left empty.

    Attributes
    ----------
    recorder : once the training has begun.
    """

    def __init__(
        self,
        P: int,
        seed: int,
        file: str | Path,
        *,
        test_error: str = "eval_error",
        test_loss: str = "eval_loss",
        accuracy: str = "eval_accuracy",
    ) -> None:
        self.P, self.seed, self.file = P, seed, Path(file)
        self.names = {"test_error": test_error, "test_loss": test_loss, "accuracy": accuracy}
        self.recorder: Recorder | None = None

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any
    ) -> None:
        """Watch the model's first forward pass."""
        self.recorder = Recorder(given["model"], P=self.P, seed=self.seed)

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Note the norms and the metrics, but for an evaluation before the first step."""
        if self.recorder is None or state.global_step == 0:
            return
        metrics = given["metrics"]
        row = {name: metrics[metric] for name, metric in self.names.items() if metric in metrics}
        if (accuracy := row.pop("accuracy", None)) is not None:
            row.setdefault("test_error", 1 - accuracy)
        self.recorder.log(step=state.global_step, epoch=state.epoch, **row)

    def on_train_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Save what was noted."""
        self.recorder.save(self.file)
