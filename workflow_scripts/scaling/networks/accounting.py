"""What of a model is in its norms, and what is not: a row for each matrix and for each parameter that is in none."""

from typing import Any

import pandas as pd

from scaling.networks.build import build_model
from scaling.networks.layers import weight_layers


def accounting(family: str, sizes: dict[str, Any], image_shape: tuple[int, int, int], classes: int) -> pd.DataFrame:
    """The matrices of a model in forward order, then what is left out.

    Returns
    -------
    name, kind ("left out" where it is in no matrix), parameter (its name in the model), shape, numbers (how many the
    matrix or parameter has), rows and columns of the matrix (out and in), trained, why (it is left out).

    Raises
    ------
    BadInput as scaling.networks.build and scaling.networks.layers do.
    """
    model = build_model(family, sizes, image_shape, classes, seed=0)
    layers = weight_layers(model, image_shape, classes, family)
    parameters = dict(model.named_parameters())
    rows = []
    for layer in layers:
        out, into = layer.matrix.shape
        tensor = parameters[layer.matrix.parameter]
        rows.append(
            {
                "name": layer.name,
                "kind": layer.kind,
                "parameter": layer.matrix.parameter,
                "shape": "x".join(map(str, tensor.shape)),
                "numbers": tensor.numel() // layer.matrix.part[1],
                "rows": out,
                "columns": into,
                "trained": tensor.requires_grad,
                "why": "",
            }
        )
    for name, shape, why in layers.left_out:
        tensor = parameters[name]
        rows.append(
            {"name": name, "kind": "left out", "parameter": name, "shape": "x".join(map(str, shape))}
            | {"numbers": tensor.numel(), "trained": tensor.requires_grad, "why": why}
        )
    table = pd.DataFrame(rows)
    return table.astype({"rows": "Int64", "columns": "Int64"})
