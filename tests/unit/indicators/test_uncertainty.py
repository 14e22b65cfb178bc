"""Uncertainty and sensitivity: the same numbers as composing one by one, and refusals before the run."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.indicators import Cells, IndicatorTree, compose, sobol_sensitivity, uncertainty
from vises_methods.indicators.composite import Recipe
from vises_methods.indicators.simulation import ranks_of, simulate, study_of
from vises_methods.indicators.sobol import RANK_SHIFT, saltelli_design, sobol_indices
from vises_methods.indicators.uncertainty import quantiles

BASE = {"low": 1.0}
ALTERNATIVES = {
    "normalisation": ["framework", "minmax"],
    "aggregation": ["arithmetic", "geometric", {2: "harmonic"}, "median", "mpi", "copeland"],
    "weights": [None, {"work": 3, "jobs": 2}, "equal"],
    "min_coverage": [0.0, 0.6],
    "imputation": [None, "median"],
}


def test_every_run_is_what_composing_gives(values: pd.DataFrame, groups: pd.Series, tree: IndicatorTree) -> None:
    cells = Cells.from_frame(values, groups=groups)
    study = study_of(cells, tree, Recipe.of(BASE), ALTERNATIVES, 10, 0)
    grid = np.stack(np.meshgrid(*[range(len(c)) for c in ALTERNATIVES.values()], indexing="ij"), -1)
    design = grid.reshape(-1, len(ALTERNATIVES))
    scores = np.concatenate([part for _, part in simulate(study, design)], axis=1)
    for run in range(0, len(design), 5):
        chosen = {name: choices[i] for (name, choices), i in zip(ALTERNATIVES.items(), design[run], strict=True)}
        expected = compose(cells, tree, {**BASE, **chosen}).scores[list(study.structure.nodes)]
        np.testing.assert_allclose(scores[run], expected, atol=1e-9, err_msg=str(chosen))


def test_intervals_ranks_and_probabilities(values: pd.DataFrame, tree: IndicatorTree) -> None:
    choices = {"aggregation": ["arithmetic", "geometric"], "weight_noise": 0.25}
    result = uncertainty(values, tree, BASE, choices, draws=200)
    rows = result.estimates
    assert len(rows) == 12
    assert (rows["low"] <= rows["median"]).all()
    assert (rows["median"] <= rows["high"]).all()
    assert set(rows["level"]) == {0.90}
    ranks = result.details["ranks"]
    assert ranks["unit"].tolist() == list(values.index)
    assert ((ranks["low"] <= ranks["median"]) & (ranks["median"] <= ranks["high"])).all()
    above = result.details["above:index"].to_numpy()
    between = ~np.eye(4, dtype=bool)
    np.testing.assert_allclose((above + above.T)[between], 1)
    assert set(result.details["design"]["aggregation"]) == {"arithmetic", "geometric"}


def test_the_same_seed_gives_the_same_and_zero_is_a_seed(values: pd.DataFrame, tree: IndicatorTree) -> None:
    choices = {"weight_noise": 0.5}
    first, again = (uncertainty(values, tree, BASE, choices, draws=20, seed=0).estimates for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    other = uncertainty(values, tree, BASE, choices, draws=20, seed=1).estimates
    assert not np.allclose(first["mean"], other["mean"])


def test_data_errors_and_removal(values: pd.DataFrame, tree: IndicatorTree) -> None:
    spread = pd.DataFrame({"jobs": 5.0}, index=values.index)
    result = uncertainty(values, tree, BASE, {"data_error": spread}, draws=50).estimates.set_index(
        ["measure", "subject"]
    )
    assert result.loc[("work", "alder"), "sd"] > 0
    assert result.loc[("ties", "alder"), "sd"] == pytest.approx(0)
    removed = uncertainty(values, tree, BASE, {"removal": [None, "trust"]}, draws=50).estimates
    by = removed.set_index(["measure", "subject"])
    assert by.loc[("ties", "cedar"), "n"] < 50
    assert by.loc[("work", "alder"), "sd"] == pytest.approx(0)


@pytest.mark.parametrize(
    "alternatives",
    [
        {},
        {"aggregation": "geometric"},
        {"luck": ["good", "bad"]},
        {"aggregation": ["arithmetic", "magic"]},
        {"normalisation": ["framework", "zscore"], "aggregation": ["arithmetic", "geometric"]},
        {"weights": [{"absent": 1}]},
        {"removal": ["absent"]},
        {"weight_noise": 2},
        {"data_error": 3},
        {"data_error": pd.DataFrame({"jobs": [-1.0]}, index=["alder"])},
        {"multiple_imputation": "luck"},
        {"multiple_imputation": "group_hot_deck"},
        {"denominate": [True, False]},
        {"treatment": [{"limit": 3}]},
    ],
)
def test_what_cannot_be_run_is_refused_before_the_run(
    values: pd.DataFrame, tree: IndicatorTree, alternatives: dict
) -> None:
    with pytest.raises(InputError) as error:
        uncertainty(values, tree, BASE, alternatives)
    assert error.value.message("fr")


def test_illegal_combinations_are_named(values: pd.DataFrame, tree: IndicatorTree) -> None:
    alternatives = {"normalisation": ["framework", "zscore"], "aggregation": ["arithmetic", "geometric"]}
    with pytest.raises(InputError, match=r"1 combinations .*zscore \+ geometric"):
        uncertainty(values, tree, BASE, alternatives)


def test_sensitivity_says_which_choice_moves_which_unit(values: pd.DataFrame, tree: IndicatorTree) -> None:
    even = values.fillna(50.0).assign(jobs=50.0, turnover=20.0, board=20.0, events=10.0, trust=3.0)
    even.loc["alder"] = values.loc["alder"]
    choices = {"aggregation": ["arithmetic", "geometric"], "weights": [None, {"work": 5}]}
    result = sobol_sensitivity(even, tree, BASE, choices, draws=64)
    rows = result.estimates.set_index(["subject", "measure", "factor"])
    assert rows.loc[("birch", "first", "weights"), "reason"] == "indicators.reasons.nothing_moves"
    alder = rows.loc["alder"]
    assert alder.loc["first", "estimate"].sum() <= 1.05
    assert (alder.loc["total", "estimate"] >= alder.loc["first", "estimate"] - 0.05).all()
    assert (alder["low"] <= alder["estimate"] + 1e-9).all()
    assert RANK_SHIFT in rows.index.get_level_values(0)


def test_additive_factors_share_the_variance() -> None:
    points = saltelli_design(1024, 2, seed=0)
    first, total = sobol_indices((3 * points[:, 0] + points[:, 1])[:, None], 1024)
    np.testing.assert_allclose(first[:, 0], [0.9, 0.1], atol=0.01)
    np.testing.assert_allclose(total[:, 0], [0.9, 0.1], atol=0.01)


def test_bootstrap_lets_the_variance_vary() -> None:
    """A peer holds it fixed, and its intervals are too narrow where the variance itself is uncertain."""
    points = saltelli_design(64, 2, seed=0)
    output = np.where(points[:, 0] > 0.95, 30.0, 0.0) + points[:, 1]
    counts = np.random.default_rng(0).multinomial(64, np.full(64, 1 / 64), size=100) / 64
    _, total = sobol_indices(output[:, None], 64, counts)
    assert total.shape == (100, 2, 1)
    assert np.nanstd(total[:, 0, 0]) > 0.001


@pytest.mark.parametrize("options", [{"draws": 4}, {"resamples": 2}, {"level": 2}, {"node": "absent"}])
def test_options_of_sensitivity(values: pd.DataFrame, tree: IndicatorTree, options: dict) -> None:
    choices = {"aggregation": ["arithmetic", "geometric"], "weights": [None, "equal"]}
    with pytest.raises(InputError):
        sobol_sensitivity(values, tree, BASE, choices, **options)
    with pytest.raises(InputError, match="fewer than two"):
        sobol_sensitivity(values, tree, BASE, {"aggregation": ["arithmetic", "geometric"]})
    with pytest.raises(InputError):
        uncertainty(values, tree, BASE, choices, draws=1)


def test_ranks_and_quantiles_bear_gaps_and_ties() -> None:
    ranks = ranks_of(np.array([[3.0, np.nan, 5.0, 3.0, 1.0]]))
    np.testing.assert_array_equal(ranks, [[2, np.nan, 1, 2, 4]])
    ordered = np.sort(np.array([[4.0, 1.0, np.nan, 3.0]]), axis=-1)
    assert quantiles(ordered, np.array([3]), 0.25).tolist() == [2.0]
    assert np.isnan(quantiles(ordered, np.array([0]), 0.5)).all()


def test_what_is_missing_widens_the_interval_and_gives_no_score(values: pd.DataFrame, tree: IndicatorTree) -> None:
    """Multiple imputation: drawn anywhere on the scale, within the worst and the best case, never for who is silent."""
    gaps = values.copy()
    gaps.loc["birch", ["events", "trust"]] = np.nan
    gaps.loc["alder", "jobs"] = np.nan
    nominal = compose(gaps, tree, BASE).estimates.set_index(["measure", "subject"])
    for threshold in (0.0, 0.6):
        run = uncertainty(
            gaps, tree, {**BASE, "min_coverage": threshold}, {"multiple_imputation": "scale"}, draws=200
        ).estimates.set_index(["measure", "subject"])
        whole = nominal["coverage"] == 1
        assert (run.loc[whole, "sd"] < 1e-9).all()
        assert run.loc[("work", "alder"), "sd"] > 1
        assert run.loc[("ties", "birch"), "n"] == 0
        assert run.loc[("ties", "birch"), "reason"] is not None
        assert np.isnan(run.loc[("ties", "birch"), "high"])
        shown = run["n"] > 0
        assert (run.loc[shown, "low"] >= nominal.loc[shown, "low"] - 1e-9).all()
        assert (run.loc[shown, "high"] <= nominal.loc[shown, "high"] + 1e-9).all()
        assert (run["coverage"] <= nominal["coverage"]).all()


def test_donors_are_units_of_the_same_group(values: pd.DataFrame) -> None:
    gaps = values.drop(index="dogwood").assign(jobs=[np.nan, 80.0, 20.0])
    alone, shared = (pd.Series(list(words), index=gaps.index) for words in (["G1", "G2", "G2"], ["G1", "G1", "G1"]))
    free = IndicatorTree.from_frame(pd.DataFrame({"code": ["i", *gaps], "parent": [None, *["i"] * 6]}))
    choices = {"multiple_imputation": "group_hot_deck"}
    runs = [
        uncertainty(Cells.from_frame(gaps, groups=groups), free, {"normalisation": "minmax"}, choices, draws=60)
        for groups in (alone, shared)
    ]
    spread = [run.estimates.set_index("subject").loc["alder", "sd"] for run in runs]
    assert spread[0] == pytest.approx(0)
    assert spread[1] > 1


def test_draws_do_not_hang_on_how_they_are_grouped(
    values: pd.DataFrame, tree: IndicatorTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slices of units, blocks of runs and one long table give what one run at a time gives."""
    spread = pd.DataFrame({"jobs": 5.0, "trust": 0.3}, index=values.index)
    choices = {
        "data_error": spread,
        "multiple_imputation": "scale",
        "aggregation": ["arithmetic", "median"],
        "weight_noise": 0.2,
    }
    disturbed = [uncertainty(values, tree, BASE, choices, draws=40)]
    plain = {name: choices[name] for name in ("aggregation", "weight_noise")} | {"min_coverage": [0.0, 0.5]}
    still = [uncertainty(values, tree, BASE, plain, draws=40)]
    monkeypatch.setattr("vises_methods.indicators.simulation._CELLS_AT_ONCE", 1)
    monkeypatch.setattr("vises_methods.indicators.simulation._CELLS_TOGETHER", 1)
    monkeypatch.setattr("vises_methods.indicators.climbing._NODES_AT_ONCE", 1)
    disturbed.append(uncertainty(values, tree, BASE, choices, draws=40))
    still.append(uncertainty(values, tree, BASE, plain, draws=40))
    monkeypatch.setattr("vises_methods.indicators.simulation.each_alone", lambda *_: False)
    disturbed.append(uncertainty(values, tree, BASE, choices, draws=40))
    for one, *others in (disturbed, still):
        for other in others:
            pd.testing.assert_frame_equal(one.estimates, other.estimates, rtol=1e-12)
            pd.testing.assert_frame_equal(one.details["above:index"], other.details["above:index"])


def test_own_targets_and_starting_points_are_part_of_the_recipe(values: pd.DataFrame, tree: IndicatorTree) -> None:
    own = {"normalisation": {"jobs": "target", "trust": "target"}, "targets": pd.Series({"jobs": 80.0, "trust": 5.0})}
    recipe = {**own, "baseline": pd.Series({"jobs": 40.0, "trust": 1.0}), "high": 100.0}
    composite = compose(values, tree, recipe)
    assert composite.normalised.loc["alder", "jobs"] == pytest.approx(50)
    run = uncertainty(values, tree, recipe, {"weight_noise": 0.1}, draws=10)
    pd.testing.assert_series_equal(run.estimates["estimate"], composite.estimates["estimate"])
    np.testing.assert_allclose(run.estimates["median"], run.estimates["estimate"], atol=5)
    choices = {"targets": [None, pd.Series({"jobs": 100.0})], "aggregation": ["arithmetic", "median"]}
    varied = uncertainty(values, tree, recipe, choices, draws=40)
    assert set(varied.details["design"]["targets"]) == {"None", "targets 2"}
    assert varied.to_json()


@pytest.mark.parametrize("more", [{}, {"multiple_imputation": "scale"}])
def test_memory_grows_no_faster_than_the_units(tree: IndicatorTree, more: dict) -> None:
    """Twice as many units take at most twice the memory, whether the data of a run are disturbed or not."""
    choices = {"aggregation": ["arithmetic", "geometric"], "weight_noise": 0.2, **more}
    peaks = []
    for units in (501, 1002):
        draws = np.random.default_rng(0).uniform(1, 5, size=(units, len(tree.indicators)))
        frame = pd.DataFrame(draws, columns=list(tree.indicators), index=[f"u{i}" for i in range(units)])
        frame.iloc[::5, 0] = np.nan
        tracemalloc.start()
        uncertainty(frame, tree, BASE, choices, draws=60)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2.3 * peaks[0]
