"""What of a model is in its norms, and what is not: a row for each matrix and for each parameter that is in none."""

from collections import Counter
from typing import Any

import pandas as pd

from scaling.networks.build import build_model
from scaling.networks.layers import weight_layers


def accounting(family: str, sizes: dict[str, Any], shape: tuple[int, ...], outputs: int) -> pd.DataFrame:
    """The matrices of a model in forward order, then what is left out.

    Returns
    -------
    name, kind ("left out" where it is in no matrix), parameter (its name in the model; all of them, where a
    parametrization makes the matrix of several), shape (of the tensor that multiplies), numbers (how many its
    parameters have: those that several matrices share are divided among them, so that all rows together have each
    number of the model once), rows and columns of the matrix (out and in), trained, why (it is left out).

    Raises
    ------
    BadInput as scaling.networks.build and scaling.networks.layers do.
    """
    model = build_model(family, sizes, shape, outputs, seed=0)
    layers = weight_layers(model, shape, outputs, family)
    parameters = dict(model.named_parameters())
    left = {name: tensor.numel() for name, tensor in parameters.items()}
    sharing = Counter(name for layer in layers for name in layer.matrix.parameters)
    rows = []
    for layer in layers:
        out, into = layer.matrix.shape
        numbers = 0
        for name in layer.matrix.parameters:
            share = left[name] // sharing[name]
            numbers, left[name], sharing[name] = numbers + share, left[name] - share, sharing[name] - 1
        rows.append(
            {
                "name": layer.name,
                "kind": layer.kind,
                "parameter": ", ".join(layer.matrix.parameters),
                "shape": "x".join(map(str, layer.matrix.tensor.shape)),
                "numbers": numbers,
                "rows": out,
                "columns": into,
                "trained": any(parameters[name].requires_grad for name in layer.matrix.parameters),
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
