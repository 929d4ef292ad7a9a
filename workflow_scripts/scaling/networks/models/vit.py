"""The vision transformer of Dosovitskiy et al. (2021), normalisation before each sublayer (paper App. G)."""

import torch
from torch import nn

from scaling.networks.models._sizes import check_vit


def build(
    image_shape: tuple[int, int, int],
    classes: int,
    patch: int = 4,
    dim: int = 192,
    depth: int = 6,
    heads: int = 3,
    mlp_ratio: int = 4,
) -> "VisionTransformer":
    """A vision transformer with a learned class token and learned positions.

    Kaiming normal patch embedding, Xavier uniform linear layers, truncated normal of deviation 0.02 for positions and
    class token, zero biases.

    Parameters
    ----------
    image_shape : (channels, height, width).
    classes : number of outputs.
    patch : side of a square patch, in pixels; divides height and width.
    dim : width of a token.
    depth : number of blocks.
    heads : attention heads per block; divides dim.
    mlp_ratio : hidden width of a block's two-layer network, in units of dim.

    Raises
    ------
    BadInput for sizes that make no network, e.g. if the patch does not divide the image.
    """
    check_vit(image_shape, patch, dim, depth, heads, mlp_ratio)
    network = VisionTransformer(image_shape, classes, patch, dim, depth, heads, mlp_ratio)
    for module in network.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
    nn.init.kaiming_normal_(network.embedding.weight)
    nn.init.zeros_(network.embedding.bias)
    nn.init.trunc_normal_(network.positions, std=0.02)
    nn.init.trunc_normal_(network.class_token, std=0.02)
    return network


class VisionTransformer(nn.Module):
    """Patches and a class token through the blocks; the class token's last state is classified."""

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        classes: int,
        patch: int,
        dim: int,
        depth: int,
        heads: int,
        mlp_ratio: int,
    ) -> None:
        super().__init__()
        channels, height, width = image_shape
        tokens = (height // patch) * (width // patch) + 1
        self.embedding = nn.Conv2d(channels, dim, patch, stride=patch)
        self.class_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.positions = nn.Parameter(torch.zeros(1, tokens, dim))
        self.blocks = nn.Sequential(*(Block(dim, heads, mlp_ratio) for _ in range(depth)))
        self.norm = nn.LayerNorm(dim)
        self.output = nn.Linear(dim, classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Images [n, channels, h, w] to class scores [n, classes]."""
        patches = self.embedding(images).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.class_token.expand(len(images), -1, -1), patches], dim=1) + self.positions
        last = len(self.blocks) - 1
        for number, block in enumerate(self.blocks):
            tokens = block(tokens, first=1 if number == last else None)
        return self.output(self.norm(tokens[:, 0]))


class Block(nn.Module):
    """Attention and a two-layer network, each added to what came in."""

    def __init__(self, dim: int, heads: int, mlp_ratio: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attention = Attention(dim, heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, mlp_ratio * dim), nn.GELU(), nn.Linear(mlp_ratio * dim, dim))

    def forward(self, tokens: torch.Tensor, first: int | None = None) -> torch.Tensor:
        """Tokens [n, tokens, dim] to the same shape, or to the `first` so many of them alone, which costs less."""
        normed = self.norm1(tokens)
        # Contiguous: else PyTorch multiplies image by image.
        tokens = tokens[:, :first] + self.attention(normed[:, :first].contiguous(), normed)
        return tokens + self.mlp(self.norm2(tokens))


class Attention(nn.Module):
    """Self-attention in four matrices of their own, Q, K, V and O: the norms count them one by one."""

    def __init__(self, dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(dim, dim)
        self.value = nn.Linear(dim, dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, tokens: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        """Tokens [n, tokens, dim] to the same shape: what each gathers from those `seen` [n, any, dim]."""
        query, key, value = (
            layer(given).unflatten(-1, (self.heads, -1)).transpose(-3, -2)
            for layer, given in ((self.query, tokens), (self.key, seen), (self.value, seen))
        )
        # Written out: PyTorch's fused attention has no batching rule on the CPU, and runs are trained under vmap.
        weights = torch.softmax(query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5, dim=-1)
        return self.out((weights @ value).transpose(-3, -2).flatten(-2))
