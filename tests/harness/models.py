"""Models that several tests take apart."""

import torch
from torch import nn
from torch.nn import functional as F


class Tied(nn.Module):
    """One weight tensor that is looked up and that multiplies."""

    def __init__(self):
        super().__init__()
        self.rows = nn.Embedding(10, 64)
        self.mix = nn.Linear(64, 64)
        self.out = nn.Linear(64, 10, bias=False)
        self.out.weight = self.rows.weight

    def forward(self, images):
        return self.out(self.mix(images.flatten(1)) + self.rows(torch.zeros(len(images), dtype=torch.long)))


class Made(nn.Module):
    """A weight of its own by which it multiplies when something has been computed of it."""

    def __init__(self, how):
        super().__init__()
        self.how = how
        self.weight = nn.Parameter(torch.randn(12, 64))
        self.register_buffer("mask", (torch.rand(12, 64) > 0.5).float())
        self.factor = torch.tensor(0.1)
        self.head = nn.Linear(12, 10)

    def forward(self, images):
        weight = {
            "scaled": lambda: self.weight / 8,
            "a tensor": lambda: self.weight * self.factor,
            "unit rows": lambda: F.normalize(self.weight),
            "masked": lambda: self.weight * self.mask,
        }[self.how]()
        return self.head(F.linear(images.flatten(1), weight))


class Branches(nn.Module):
    """Which of its experts an image meets depends on the image."""

    def __init__(self):
        super().__init__()
        self.gate, self.head = nn.Linear(64, 3), nn.Linear(8, 10)
        self.experts = nn.ModuleList([nn.Linear(64, 8) for _ in range(3)])

    def forward(self, images):
        flat = images.flatten(1)
        chosen, mixed = self.gate(flat).argmax(1), torch.zeros(len(flat), 8)
        for number, expert in enumerate(self.experts):
            if (its := chosen == number).any():
                mixed[its] = expert(flat[its])
        return self.head(mixed)
