"""The field's usual loop, which all ways of this package are compared with."""

import warnings

import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from scaling.networks.benchmark.measure import Speed, measure
from scaling.networks.benchmark.speed import CellCost, noise
from scaling.networks.build import build_model
from scaling.networks.data.arrays import ImageArrays
from scaling.networks.training.arithmetic import arithmetic, autocast
from scaling.networks.training.augmentations import AUGMENTATIONS
from scaling.networks.training.spec import TrainingSpec


class _ImageByImage(Dataset):
    def __init__(self, arrays: ImageArrays, spec: TrainingSpec) -> None:
        self.arrays, self.spec = arrays, spec
        self.mean = torch.tensor(spec.normalization_mean).view(-1, 1, 1)
        self.std = torch.tensor(spec.normalization_std).view(-1, 1, 1)

    def __len__(self) -> int:
        return len(self.arrays.train_images)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        image = torch.from_numpy(self.arrays.train_images[i]).permute(2, 0, 1)
        if self.spec.augmentation != "none":
            image = AUGMENTATIONS.load(self.spec.augmentation).augment(image[None], torch.rand(1, 3))[0]
        return (image.float().div(255) - self.mean) / self.std, int(self.arrays.train_labels[i])


def usual_speed(cell: CellCost, device: torch.device, seconds: float) -> Speed:
    """One run by the loop that most papers' code has: a DataLoader of 4 workers, image by image, torch.optim.

    The network, batches, optimizer and arithmetic are the cell's own.
    """
    spec = TrainingSpec(**cell.spec)
    with arithmetic(spec, device.type, deterministic=False):
        warnings.filterwarnings("ignore", message="This DataLoader will create")  # on fewer than 4 cores
        loader = DataLoader(
            _ImageByImage(noise(cell), spec),
            batch_size=spec.batch_size,
            shuffle=True,
            num_workers=4,
            # An epoch here is short, so starting workers would weigh too much beside a GPU. On a CPU their time
            # is counted when they end, and the quick preset's epochs are as short.
            persistent_workers=device.type == "cuda",
        )
        model = build_model(spec.family, spec.sizes, cell.image_shape, cell.classes, spec.init_scale, seed=0)
        model.to(device)
        optimizer = _torch_optimizer(spec, model)

        def epoch() -> int:
            for images, labels in loader:
                optimizer.zero_grad()
                with autocast(spec, device):
                    loss = F.cross_entropy(model(images.to(device)), labels.to(device))
                loss.backward()
                optimizer.step()
            return len(loader.dataset)

        return measure(epoch, seconds, device.type == "cuda", warm_up=1)


def _torch_optimizer(spec: TrainingSpec, model: torch.nn.Module) -> torch.optim.Optimizer:
    chosen = {"lr": spec.learning_rate, "weight_decay": spec.weight_decay}
    if spec.optimizer == "SGD":
        chosen["momentum"] = spec.momentum
    return getattr(torch.optim, spec.optimizer)(model.parameters(), **chosen)
