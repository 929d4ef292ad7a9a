"""What one example is: the shape of what a network is given, its kind, and how many targets it has. Needs no torch."""

from collections.abc import Iterable

#: The kinds of examples, and what a person calls that of which P counts how many there are.
KINDS = {"images": "images", "tokens": "characters", "vectors": "points"}


class Shape(tuple):
    """The sizes of an example, as a family's `build` is given them: a tuple that says as well what they mean.

    (channels, height, width) of an image, (length,) of a piece of text, (numbers,) of a vector. A plain tuple stands
    for an image's.

    Attributes
    ----------
    kind : one of KINDS. A network is given images and vectors as float32, tokens as int64, numbers of characters.
    targets : how many targets an example has: 1, or `length` where the character after each is to be predicted.
    """

    kind: str
    targets: int

    def __new__(cls, sizes: Iterable[int], kind: str = "images", targets: int = 1) -> "Shape":
        """Of these sizes."""
        made = super().__new__(cls, sizes)
        made.kind, made.targets = kind, targets
        return made

    @classmethod
    def of(cls, sizes: Iterable[int]) -> "Shape":
        """A shape as it is; a plain tuple as an image's."""
        return sizes if isinstance(sizes, cls) else cls(sizes)
