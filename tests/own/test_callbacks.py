"""The recorder as a callback of other trainers; where these are installed, they are run."""

from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from scaling.core.errors import BadInput
from scaling.own import Recorder, read_curves

P = 64


def needed(package):
    """The package, or the test is skipped: none of them is among the workflow's requirements."""
    if find_spec("torchvision"):
        import_module("scaling.networks.data.torchvision_import")  # their import of torchvision may fail without it
    return pytest.importorskip(package)


def points():
    torch.manual_seed(0)
    inputs = torch.randn(P, 4)
    return TensorDataset(inputs, (inputs[:, 0] > 0).long())


def test_lightning(tmp_path):
    lightning = needed("pytorch_lightning")
    from scaling.own.lightning import LightningRecorder

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            torch.manual_seed(1)
            self.model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
            self.example_input_array = torch.zeros(1, 4)

        def forward(self, inputs):
            return self.model(inputs)

        def training_step(self, batch, index):
            return nn.functional.cross_entropy(self.model(batch[0]), batch[1])

        def validation_step(self, batch, index):
            scores = self.model(batch[0])
            self.log("val_loss", nn.functional.cross_entropy(scores, batch[1]))
            self.log("val_acc", (scores.argmax(1) == batch[1]).float().mean())

        def configure_optimizers(self):
            return torch.optim.Adam(self.parameters(), 1e-2)

    loader = DataLoader(points(), batch_size=16)
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "accelerator": "cpu"}
    quiet |= {"enable_model_summary": False}
    for number, network in enumerate(("model", None)):
        module, file = Module(), tmp_path / f"{number}.tsv"
        callback = LightningRecorder(P, number, file, test_loss="val_loss", accuracy="val_acc", network=network)
        trainer = lightning.Trainer(max_epochs=3, callbacks=[callback], **quiet)
        trainer.fit(module, loader, loader)
        curves = read_curves(file)
        assert list(curves["step"]) == [4, 8, 12] and list(curves["epoch"]) == [1, 2, 3]
        now = Recorder(module.model, P=P, example=torch.zeros(1, 4)).log10_norms()["spectral_complexity"]
        assert curves["log10_norm"].iloc[-1] == pytest.approx(now, abs=1e-12)
        right = (module.model(points().tensors[0]).argmax(1) == points().tensors[1]).float().mean().item()
        assert curves["test_error"].iloc[-1] == pytest.approx(1 - right, abs=1e-6)

    # on from a checkpoint, with two batches in each step, judged twice in each epoch
    def again(file, epochs, start=None):
        callback = LightningRecorder(P, 3, tmp_path / file, test_loss="val_loss", network="model")
        trainer = lightning.Trainer(
            max_epochs=epochs, callbacks=[callback], accumulate_grad_batches=2, val_check_interval=0.5, **quiet
        )
        trainer.fit(Module(), loader, loader, ckpt_path=start)
        return trainer

    again("part.tsv", 2).save_checkpoint(tmp_path / "part.ckpt")
    again("part.tsv", 4, tmp_path / "part.ckpt")
    again("whole.tsv", 4)
    assert (tmp_path / "part.tsv").read_bytes() == (tmp_path / "whole.tsv").read_bytes()
    curves = read_curves(tmp_path / "part.tsv", measure="loss")
    assert list(curves["step"]) == [*range(1, 9)] and list(curves["epoch"]) == [step / 2 for step in range(1, 9)]

    unknown = LightningRecorder(P, 1, tmp_path / "x.tsv", test_loss="valid", network="model")
    with pytest.raises(BadInput, match="no metric 'valid' was logged; there are val_loss, val_acc"):
        lightning.Trainer(max_epochs=1, callbacks=[unknown], **quiet).fit(Module(), loader, loader)
    with pytest.raises(BadInput, match="one of test_error, test_loss, accuracy is needed"):
        LightningRecorder(P, 1, tmp_path / "x.tsv")


def test_transformers(tmp_path):
    transformers = needed("transformers")
    needed("accelerate")
    from scaling.own.transformers import TransformersRecorder

    sizes = {"n_embd": 8, "n_layer": 1, "n_head": 2, "vocab_size": 11, "n_positions": 8}
    torch.manual_seed(0)
    model = transformers.GPT2LMHeadModel(transformers.GPT2Config(**sizes, bos_token_id=0, eos_token_id=0))
    tokens = torch.randint(11, (P, 8))
    data = [{"input_ids": row, "labels": row} for row in tokens]
    arguments = {
        "output_dir": str(tmp_path / "out"), "per_device_train_batch_size": 16, "eval_strategy": "epoch",
        "report_to": [], "use_cpu": True, "disable_tqdm": True, "logging_strategy": "no", "save_strategy": "epoch",
    }  # fmt: skip

    def train(epochs, start=None, **names):
        callback = TransformersRecorder(P, 1, tmp_path / "run.tsv", **names)
        given = transformers.TrainingArguments(num_train_epochs=epochs, **arguments)
        trainer = transformers.Trainer(model, given, train_dataset=data, eval_dataset=data[:16], callbacks=[callback])
        trainer.train(resume_from_checkpoint=start)
        trainer.evaluate(data[16:])  # of other data, after the training: not recorded
        return callback.recorder

    recorder = train(2)
    curves = read_curves(tmp_path / "run.tsv", measure="loss")
    assert list(curves["step"]) == [4, 8] and list(curves["epoch"]) == [1, 2]
    assert np.isfinite(curves["log10_norm"]).all() and curves["test_error"].iloc[1] < curves["test_error"].iloc[0]
    names = [layer.name for layer in recorder.layers]
    assert any("attn" in name for name in names) and any("mlp" in name for name in names)

    train(3, str(tmp_path / "out" / "checkpoint-8"))
    longer = read_curves(tmp_path / "run.tsv", measure="loss")
    assert list(longer["step"]) == [4, 8, 12]
    np.testing.assert_array_equal(longer["test_error"].iloc[:2], curves["test_error"])
    with pytest.raises(BadInput, match="nothing was recorded; needed is one of none, no, not; evaluated was eval_loss"):
        train(1, test_error="none", test_loss="no", accuracy="not")
