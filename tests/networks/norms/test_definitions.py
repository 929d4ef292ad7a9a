import numpy as np
import pandas as pd
import pytest

from scaling.core.errors import BadInput
from scaling.networks.norms.definitions import NORMS
from scaling.networks.norms.statistics import LayerStatistics, log10_sum
from scaling.networks.norms.trajectories import trajectories

PLAIN = ["row_sum", "col_sum", "l1", "fro2", "row_sum_bn"]
LOGS = ["log10_spectral", "log10_spectral_operator", "log10_spectral_bn"]


def statistics(matrices, family="CNN", operator=1.0, bn=1.0):
    """Of one network with these matrices, by numpy."""
    s = np.array([[np.linalg.svd(a, compute_uv=False)[0] for a in matrices]])
    rows = np.array([[np.linalg.norm(a, axis=1).sum() for a in matrices]])
    return LayerStatistics(
        family=family,
        name=np.array([f"layer{i}" for i in range(len(matrices))]),
        kind=np.array(["linear"] * len(matrices)),
        rows=np.array([a.shape[0] for a in matrices]),
        columns=np.array([a.shape[1] for a in matrices]),
        log10_spectral=np.log10(s),
        row_sum=rows,
        col_sum=np.array([[np.linalg.norm(a, axis=0).sum() for a in matrices]]),
        l1=np.array([[np.abs(a).sum() for a in matrices]]),
        fro2=np.array([[np.square(a).sum() for a in matrices]]),
        log10_spectral_operator=np.log10(s * operator),
        log10_spectral_bn=np.log10(s * bn),
        row_sum_bn=rows * bn,
    )


# Singular values 5, 2 and 3, 1 and 2: the first matrix's rows have norms 5 and 2, its columns 3, 4 and 2.
A1 = np.array([[3.0, 4.0, 0.0], [0.0, 0.0, -2.0]])
A2 = np.array([[3.0, 0.0], [0.0, 1.0]])
A3 = np.array([[2.0, 0.0]])
NETWORK = statistics([A1, A2, A3])


def log10_of(norm, network):
    """log10 of a norm of networks, by the norm's name."""
    return NORMS.load(norm).log10_norm(network)


def test_norms_worked_out_by_hand():
    ratios = (7 / 5) ** (2 / 3) + (4 / 3) ** (2 / 3) + (2 / 2) ** (2 / 3)
    assert 10 ** log10_of("spectral_complexity", NETWORK)[0] == pytest.approx(30 * ratios**1.5)
    assert 10 ** log10_of("spectral", NETWORK)[0] == pytest.approx(5 * 3 * 2)
    assert 10 ** log10_of("l1", NETWORK)[0] == pytest.approx(9 + 4 + 2)
    assert 10 ** log10_of("l2", NETWORK)[0] == pytest.approx(np.sqrt(29 + 10 + 4))
    assert 10 ** log10_of("g21", NETWORK)[0] == pytest.approx(9 + 4 + 2)


def test_the_authors_spectral_complexity_of_each_family():
    # CNN: sums of the later layers' column norms, 4 + 2 and 2 and nothing
    ratios = (6 / 5) ** (2 / 3) + (2 / 3) ** (2 / 3)
    assert 10 ** log10_of("spectral_complexity_authors", NETWORK)[0] == pytest.approx(30 * ratios**1.5)
    # ResNet: first and last layer alone, s_1 s_3 ((col_3 / s_1)^(2/3))^(3/2)
    resnet = statistics([A1, A2, A3], "ResNet")
    assert 10 ** log10_of("spectral_complexity_authors", resnet)[0] == pytest.approx(5 * 2 * 2 / 5)
    for family in ("CNN", "ResNet"):
        other_case = statistics([A1, A2, A3], family.lower())
        same = statistics([A1, A2, A3], family)
        assert log10_of("spectral_complexity_authors", other_case) == log10_of("spectral_complexity_authors", same)
    vit = statistics([A1, A2, A3], "ViT")
    assert log10_of("spectral_complexity_authors", vit) == log10_of("spectral_complexity", vit)


def test_operator_and_folded_norms_use_their_own_statistics():
    network = statistics([A1, A2, A3], operator=2.0, bn=3.0)
    ratios = (7 / 10) ** (2 / 3) + (4 / 6) ** (2 / 3) + (2 / 4) ** (2 / 3)
    assert 10 ** log10_of("spectral_complexity_operator", network)[0] == pytest.approx(8 * 30 * ratios**1.5)
    expected = log10_of("spectral_complexity", NETWORK)[0] + 3 * np.log10(3)  # a common factor drops out of the ratios
    assert log10_of("spectral_complexity_bn_folded", network)[0] == pytest.approx(expected)


def test_norms_beyond_the_range_of_floats():
    many = statistics([A1 * 1e20] * 20)
    expected = 20 * np.log10(5e20) + np.log10(7 / 5) + 1.5 * np.log10(20)
    assert log10_of("spectral_complexity", many)[0] == pytest.approx(expected)
    assert np.isfinite(log10_of("spectral_complexity_authors", many)[0])
    assert log10_sum(np.array([[400.0, 400.0], [-np.inf, 3.0]])) == pytest.approx([400 + np.log10(2), 3.0])


def test_every_norm_by_its_name_and_no_other():
    specified = {"spectral_complexity", "spectral_complexity_authors", "l1", "l2", "g21", "spectral"}
    specified |= {"spectral_complexity_operator", "spectral_complexity_bn_folded"}
    assert specified <= set(NORMS.names())
    assert "complexity" not in NORMS.names()  # what several norms share is not one of them
    with pytest.raises(BadInput, match=r"'spectrum' is not one of .*spectral_complexity"):
        NORMS.load("spectrum")


def test_trajectories_match_errors_to_norms_in_any_order():
    rows = []
    for seed in (2, 1):
        for epoch in (0.5, 3.0):
            for layer, matrix in enumerate([A1, A2, A3]):
                one = statistics([matrix * seed * epoch])
                values = {key: getattr(one, key)[0, 0] for key in PLAIN + LOGS}
                rows.append({"P": 90, "seed": seed, "epoch": epoch, "layer": layer, **values})
    layers = pd.DataFrame(rows).assign(name="a", kind="linear", rows=1, columns=1)
    epochs = layers[["P", "seed", "epoch"]].drop_duplicates().assign(train_error=0.1, diverged=False)
    epochs["test_error"] = epochs["seed"] + epochs["epoch"]
    expected = {"spectral": lambda scale: 30 * scale**3, "l1": lambda scale: 15 * scale}
    for norm, of_scale in expected.items():
        found = trajectories(epochs, layers.sample(frac=1, random_state=0), norm, "CNN")
        assert list(found["norm"].unique()) == [norm] and len(found) == 4
        np.testing.assert_allclose(found["log10_norm"], np.log10(of_scale(found["seed"] * found["epoch"])))
        np.testing.assert_allclose(found["test_error"], found["seed"] + found["epoch"])
