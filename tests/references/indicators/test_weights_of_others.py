"""pymcdm, scikit-criteria, pyDecision and Compind: entropy, CRITIC, AHP and benefit of the doubt."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vises_methods.indicators import ahp_weights, bod_scores, critic_weights, entropy_weights


@pytest.fixture(scope="module")
def decisions(shared: Path) -> dict:
    return json.loads((shared / "references" / "indicators" / "mcdm_weights_ranking.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def better_life(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "references" / "indicators" / "data" / "bli_2017.csv", index_col=0)


def test_entropy_and_critic(decisions: dict, better_life: pd.DataFrame) -> None:
    weights = decisions["weights"]
    entropy = entropy_weights(better_life).estimates["estimate"]
    for package in ("pymcdm.entropy_weights", "skcriteria.entropy_weights"):
        np.testing.assert_allclose(entropy, weights[package], atol=1e-9)
    np.testing.assert_allclose(entropy, weights["pyDecision.entropy_method"], atol=1e-6)
    critic = critic_weights(better_life).estimates["estimate"]
    for package in ("pymcdm.critic_weights", "skcriteria.critic_weights", "pyDecision.critic_method"):
        np.testing.assert_allclose(critic, weights[package], atol=1e-9)


@pytest.mark.parametrize("case", ["oecd_table20", "three_by_three"])
@pytest.mark.parametrize(
    ("method", "package"), [("eigenvector", "pyDecision_max_eigen"), ("geometric", "pyDecision_row_geometric_mean")]
)
def test_ahp(decisions: dict, case: str, method: str, package: str) -> None:
    theirs = decisions["AHP"][case]
    rows = ahp_weights(pd.DataFrame(theirs["matrix"]), method=method).estimates["estimate"]
    np.testing.assert_allclose(rows.iloc[:-1], theirs[package]["weights"], atol=1e-9)
    assert rows.iloc[-1] == pytest.approx(theirs[package]["CR"], abs=1e-9)


@pytest.mark.parametrize("scale", ["minmax", "raw"])
@pytest.mark.parametrize(("limits", "file"), [(None, "bli_bod"), ((0.05, 0.20), "bli_bod_shares_005_020")])
def test_benefit_of_the_doubt(
    shared: Path, better_life: pd.DataFrame, scale: str, limits: tuple[float, float] | None, file: str
) -> None:
    values = better_life
    if scale == "minmax":
        values = (better_life - better_life.min()) / (better_life.max() - better_life.min())
    theirs = pd.read_csv(shared / "references" / "indicators" / "compind" / f"{file}_{scale}.csv", index_col=0)["bod"]
    result = bod_scores(values, shares=limits)
    ours = result.estimates.set_index("subject")["estimate"]
    np.testing.assert_allclose(ours[theirs.index], theirs, atol=1e-6)
    if limits is not None:
        shares = result.details["shares"].to_numpy()[ours.to_numpy() > 0]
        assert shares.min() >= limits[0] - 1e-7
        assert shares.max() <= limits[1] + 1e-7
