"""Kinds of run, one file each: what a network's outputs are compared with, and how.

loss(scores, targets, reduction) : what training minimises; scores [n, outputs], targets [n]; reduction "mean", "sum" or
    "none", as in torch.
error(scores, targets) : the error of each example, scores [..., outputs], targets [...]; what the paper's curves show.
"""

from scaling.core.registry import Registry

TASKS = Registry("networks.tasks", "task")
