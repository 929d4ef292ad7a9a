"""A causal transformer of characters (Radford et al., 2019), normalisation before each sublayer, output not tied."""

import torch
from torch import Tensor, nn

from scaling.networks.models._sizes import check_gpt


def build(
    shape: tuple[int, ...], outputs: int, dim: int = 64, depth: int = 1, heads: int = 4, mlp_ratio: int = 4
) -> "CausalTransformer":
    """A transformer that sees of each character the ones before it.

    Normal weights of deviation 0.02 for the table and the positions, Xavier uniform linear layers, zero biases.

    Parameters
    ----------
    shape : of an example: (length,) of a piece of text, a prediction after each of its characters or after the last.
    outputs : size of the alphabet.
    dim : width of a token.
    depth : number of blocks.
    heads : attention heads per block; divides dim.
    mlp_ratio : hidden width of a block's two-layer network, in units of dim.

    Raises
    ------
    BadInput for sizes that make no network, e.g. if the heads do not divide dim.
    """
    check_gpt(shape, dim, depth, heads, mlp_ratio)
    every = getattr(shape, "targets", 1) > 1
    network = CausalTransformer(shape[0], outputs, dim, depth, heads, mlp_ratio, every)
    for module in network.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    nn.init.normal_(network.embedding.weight, std=0.02)
    nn.init.normal_(network.positions, std=0.02)
    return network


class CausalTransformer(nn.Module):
    """Characters through the blocks to scores of the next one, after each character or (not `every`) after the last."""

    def __init__(
        self, length: int, alphabet: int, dim: int, depth: int, heads: int, mlp_ratio: int, every: bool
    ) -> None:
        super().__init__()
        self.every = every
        self.embedding = nn.Embedding(alphabet, dim)
        self.positions = nn.Parameter(torch.zeros(1, length, dim))
        self.blocks = nn.Sequential(*(Block(length, dim, heads, mlp_ratio) for _ in range(depth)))
        self.norm = nn.LayerNorm(dim)
        self.output = nn.Linear(dim, alphabet, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens [n, length] to scores [n, length, alphabet], or [n, alphabet]."""
        states = self.norm(self.blocks(self.embedding(tokens) + self.positions))
        return self.output(states if self.every else states[:, -1])


class Block(nn.Module):
    """Attention and a two-layer network, each added to what came in."""

    def __init__(self, length: int, dim: int, heads: int, mlp_ratio: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = CausalAttention(length, dim, heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, mlp_ratio * dim), nn.GELU(), nn.Linear(mlp_ratio * dim, dim))

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens [n, length, dim] to the same shape."""
        tokens = tokens + self.attention(self.norm1(tokens))
        return tokens + self.mlp(self.norm2(tokens))


class CausalAttention(nn.Module):
    """Self-attention in four matrices of their own, Q, K, V and O, each token to those before it and to itself."""

    def __init__(self, length: int, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(dim, dim)
        self.value = nn.Linear(dim, dim)
        self.out = nn.Linear(dim, dim)
        # Made once: a mask that is made in `forward` costs a tenth of a small network's step.
        self.register_buffer("later", torch.full((length, length), -torch.inf).triu(1), persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Tokens [n, length, dim] to the same shape."""
        query, key, value = (
            layer(tokens).unflatten(-1, (self.heads, -1)).transpose(-3, -2)
            for layer in (self.query, self.key, self.value)
        )
        # Written out: PyTorch's fused attention has no batching rule on the CPU, and runs are trained under vmap.
        weights = torch.softmax(query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5 + self.later, dim=-1)
        return self.out((weights @ value).transpose(-3, -2).flatten(-2))
