"""COINr 1.1.14 on ASEM: a thousand draws and a Sobol design, replayed run by run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vises_methods.indicators import Cells, IndicatorTree, Recipe
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.simulation import Study, ranks_of, simulate, study_of
from vises_methods.indicators.sobol import saltelli_design, sobol_indices

Reader = Callable[[str], pd.DataFrame]
HERE = Path(__file__).parent
CHOICES = ["Imputation", "Winmax", "Normalisation", "Weights", "Aggregation"]


@pytest.fixture(scope="module")
def study(asem_data: pd.DataFrame, asem_tree: IndicatorTree, coinr: Reader) -> Study:
    cells = Cells.from_frame(asem_data.select_dtypes("number"), groups=asem_data["EurAsia_group"])
    recipe = Recipe.of(
        {"denominate": True, "imputation": "group_mean", "treatment": {}, "normalisation": "minmax", "low": 1}
    )
    alternatives = {
        "imputation": ["group_mean", "group_median"],
        "treatment": [{"max_winsorised": most} for most in (1, 2, 3, 4, 5)],
        "normalisation": [
            {"normalisation": "minmax", "low": 1, "high": 100},
            {"normalisation": "zscore", "mean": 100, "sd": 10},
        ],
        "weights": coinr("sa_noisy_weight_sets").to_dict("records"),
        "aggregation": ["arithmetic", "geometric", "harmonic"],
    }
    return study_of(cells, asem_tree, recipe, alternatives, 1000, 0)


def index_scores(study: Study, parameters: pd.DataFrame) -> Floats:
    design = parameters[CHOICES].to_numpy() - 1
    scores = np.concatenate([part for _, part in simulate(study, design)], axis=1)
    return scores[:, :, study.structure.nodes.index("Index")]


def test_a_thousand_draws_meet_coinr(study: Study, coinr: Reader) -> None:
    ours = index_scores(study, coinr("ua_parameters"))
    theirs = coinr("ua_index_scores_first200").loc[study.units].iloc[:, 1:201]
    np.testing.assert_allclose(ours[:200].T, theirs, atol=1e-8)
    ranks, table = ranks_of(ours), coinr("ua_rank_stats_n1000").loc[study.units]
    np.testing.assert_allclose(ranks.mean(axis=0), table["Mean"], atol=1e-9)
    for share, column in ((0.05, "Q5"), (0.5, "Median"), (0.95, "Q95")):
        np.testing.assert_allclose(np.quantile(ranks, share, axis=0), table[column], atol=1e-9)


def test_a_sobol_design_meets_coinr(study: Study, coinr: Reader) -> None:
    runs = coinr("sa_parameters_and_output")
    nominal = ranks_of(coinr("sa_nominal_index").loc[study.units, ["Index"]].to_numpy().T)
    shift = np.abs(ranks_of(index_scores(study, runs)) - nominal).mean(axis=1)
    assert len(runs) == 3500
    np.testing.assert_allclose(shift, runs["mean_abs_rank_change"], atol=1e-9)


def test_indices_meet_the_closed_form_of_ishigami() -> None:
    case = json.loads((HERE / "sobol_ishigami.json").read_text(encoding="utf-8"))["ishigami"]
    x = np.pi * (2 * saltelli_design(4096, 3, seed=0) - 1)
    output = np.sin(x[:, 0]) + case["a"] * np.sin(x[:, 1]) ** 2 + case["b"] * x[:, 2] ** 4 * np.sin(x[:, 0])
    first, total = sobol_indices(output[:, None], 4096)
    np.testing.assert_allclose(first[:, 0], case["first"], atol=0.01)
    np.testing.assert_allclose(total[:, 0], case["total"], atol=0.01)
