"""A recorder as a callback of the Trainer of Hugging Face's transformers."""

from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from scaling.core.errors import BadInput
from scaling.own.recorder import Recorder


class TransformersRecorder(TrainerCallback):
    """Records and saves whenever the trainer evaluates; goes on with the file of a training that is resumed.

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
        self._ended, self._seen = False, dict[str, None]()

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any
    ) -> None:
        """Watch the model's first forward pass; go on with the run's file where the trainer resumes."""
        self.recorder, self._ended = Recorder(given["model"], P=self.P, seed=self.seed), False
        if state.global_step:
            self.recorder.resume(self.file, state.global_step)

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Note the norms and the metrics, but for an evaluation before the first step; save what there is so far."""
        if self.recorder is None or self._ended or state.global_step == 0:
            return
        metrics = given["metrics"]
        self._seen.update(dict.fromkeys(metrics))
        row = {name: metrics[metric] for name, metric in self.names.items() if metric in metrics}
        if not row:  # an evaluation on other data
            return
        if (accuracy := row.pop("accuracy", None)) is not None:
            row.setdefault("test_error", 1 - accuracy)
        self.recorder.log(step=state.global_step, epoch=state.epoch, **row)
        if state.is_world_process_zero:
            self.recorder.save(self.file)

    def on_train_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **given: Any) -> None:
        """Take no notice of evaluations after the training; BadInput if there was nothing to be recorded."""
        self._ended = True
        if self.recorder is None or not self.recorder.rows:
            names, seen = ", ".join(self.names.values()), ", ".join(self._seen) or "no metric"
            raise BadInput(
                f"TransformersRecorder: nothing was recorded; needed is one of {names}; evaluated was {seen}"
            )
