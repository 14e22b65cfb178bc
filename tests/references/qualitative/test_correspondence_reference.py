"""Correspondence analysis beside R's FactoMineR 2.7, up to the sign of each dimension."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vises_methods.qualitative import correspondence_analysis, multiple_correspondence_analysis

HERE = Path(__file__).parent / "multivariate"
REFERENCE = json.loads((HERE / "ca_mca_reference.json").read_text(encoding="utf-8"))
SIDES = {"row": "row", "col": "column"}


def table(result, kind, column):
    points = result.details["points"]
    wide = points[points["kind"] == kind].pivot_table(index="point", columns="dimension", values=column, sort=False)
    return wide.to_numpy()


def same_up_to_sign(found, expected):
    expected = np.asarray(expected, dtype=float)
    found = found[: len(expected), : expected.shape[1]]
    signs = np.sign((found * expected).sum(axis=0))
    assert found * signs == pytest.approx(expected, abs=1e-8)


def test_correspondence_analysis():
    expected = REFERENCE["CA"]
    counts = pd.read_csv(HERE / "code_by_case.csv", index_col=0)
    result = correspondence_analysis(counts)
    eigenvalues = np.array(expected["eig"])
    assert result.estimates["estimate"].tolist() == pytest.approx(eigenvalues[:, 0].tolist(), abs=1e-10)
    assert (100 * result.estimates["cumulative"]).tolist() == pytest.approx(eigenvalues[:, 2].tolist(), abs=1e-8)
    assert result.estimates["estimate"].sum() == pytest.approx(expected["total_inertia"], abs=1e-10)
    assert result.estimates["estimate"].sum() * result.estimates["n"].iloc[0] == pytest.approx(expected["chi2"])
    for short, kind in SIDES.items():
        same_up_to_sign(table(result, kind, "coordinate"), expected[f"{short}_coord"])
        assert 100 * table(result, kind, "contribution") == pytest.approx(np.array(expected[f"{short}_contrib"]))
        assert table(result, kind, "quality") == pytest.approx(np.array(expected[f"{short}_cos2"]))


def test_multiple_correspondence_analysis():
    expected = REFERENCE["MCA"]
    result = multiple_correspondence_analysis(pd.read_csv(HERE / "mca_cases.csv"))
    eigenvalues = np.array(expected["eig"])
    assert result.estimates["estimate"].tolist() == pytest.approx(eigenvalues[:, 0].tolist(), abs=1e-10)
    points = result.details["points"]
    labels = points.loc[(points["kind"] == "column") & (points["dimension"] == 1), "point"]
    assert [label.split("=")[1] for label in labels] == expected["var_labels"]
    same_up_to_sign(table(result, "column", "coordinate"), expected["var_coord"])
    same_up_to_sign(table(result, "row", "coordinate"), expected["ind_coord_first5"])
    found = 100 * table(result, "column", "contribution")[:, :5]
    assert found == pytest.approx(np.array(expected["var_contrib"]))
    ratios = result.details["variables"].pivot_table(index="variable", columns="dimension", values="ratio", sort=False)
    assert ratios.to_numpy()[:, :5] == pytest.approx(np.array(expected["eta2"]), abs=1e-8)
    tests = result.details["categories"].pivot_table(
        index=["variable", "category"], columns="dimension", values="test", sort=False
    )
    same_up_to_sign(tests.to_numpy(), expected["var_v_test"])
