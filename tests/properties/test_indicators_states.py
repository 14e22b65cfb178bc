"""Every public function with every state of a cell: what is hidden is seen, and never pays.

The list of functions is the package's own: one that is added without a case fails here.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import isfunction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vises_methods import indicators as public
from vises_methods.errors import InvalidStudyError
from vises_methods.indicators.cells import STATES

TREE = public.IndicatorTree.from_frame(
    pd.DataFrame(
        {
            "code": ["index", "p", "q", "a", "b", "c", "d"],
            "parent": [None, "index", "index", "p", "p", "q", "q"],
            "min": [None, None, None, 0, 0, 0, 0],
            "max": [None, None, None, 10, 10, 10, 10],
            "denominator": [None, None, None, "fte", None, None, None],
        }
    )
)
NUMBERS = pd.DataFrame(
    {
        "a": [2.0, 6, 4, 8, 5, 7, 3, 9],
        "b": [9.0, 5, 3, 6, 2, 8, 7, 4],
        "c": [1.0, 7, 5, 4, 9, 3, 6, 8],
        "d": [8.0, 4, 6, 7, 3, 5, 9, 2],
    },
    index=list("uvwxyzst"),
)
HIDDEN = ("a", "c")
SETS = {"users": {"p": 3, "q": 1}, "staff": {"p": 1, "q": 3}}
CHOICES = {"aggregation": ["arithmetic", "median"], "weights": [None, {"p": 3}]}
ABSENT = [state for state in STATES if state not in ("reported", "imputed")]


def told(state: str) -> public.Cells:
    """The unit u, weak on two of four indicators, which it reports, has filled in, or withholds."""
    numbers = NUMBERS.copy()
    states = pd.DataFrame("reported", index=NUMBERS.index, columns=NUMBERS.columns, dtype=object)
    states.loc["u", list(HIDDEN)] = state
    if state != "reported":
        numbers.loc["u", list(HIDDEN)] = 10.0 if state == "imputed" else np.nan
    return public.Cells(numbers, states)


FULL = public.compose(told("reported"), TREE)


def within(frame: pd.DataFrame, cells: public.Cells, score: str = "estimate") -> None:
    """Scores of u by heading lie within the limits of what it withholds, with less coverage."""
    limits = public.compose(cells, TREE)
    rows = frame[(frame["subject"] == "u") & frame["measure"].isin(["index", "p", "q"])]
    assert len(rows) >= 3
    for row in rows.to_dict("records"):
        node = row["measure"]
        assert limits.worst.loc["u", node] - 1e-9 <= row[score] <= limits.best.loc["u", node] + 1e-9
        assert limits.worst.loc["u", node] <= FULL.scores.loc["u", node] <= limits.best.loc["u", node]
        assert row["coverage"] < 1


def _aggregate(cells: public.Cells) -> None:
    scored = public.aggregate(public.normalise(cells, TREE, method="goalposts"), TREE)
    within(scored.estimates, cells)
    plain = public.aggregate(cells.numbers, TREE, states=cells.states, limits=(0, 10)).estimates
    assert (plain[plain["subject"] == "u"]["coverage"] < 1).all()


def _normalise(cells: public.Cells) -> None:
    scored = public.normalise(cells, TREE, method="minmax")
    assert (scored.details["states"].loc["u", list(HIDDEN)] != "reported").all()
    if not cells.numbers.loc["u"].notna().all():
        assert scored.details["scores"].loc["u", list(HIDDEN)].isna().all()
        assert (scored.estimates.set_index("subject").loc[list(HIDDEN), "coverage"] < 1).all()


def _ranking(cells: public.Cells) -> None:
    place = [
        public.ranking(composite, node="index").estimates.set_index("subject").loc["u"]
        for composite in (FULL, public.compose(cells, TREE))
    ]
    assert place[1]["estimate"] >= place[0]["estimate"]
    assert place[1]["low"] <= place[0]["estimate"] <= place[1]["high"]
    assert place[1]["coverage"] < place[0]["coverage"]


def _uncertainty(cells: public.Cells) -> None:
    for more in ({}, {"multiple_imputation": "scale"}, {"multiple_imputation": "hot_deck"}):
        run = public.uncertainty(cells, TREE, None, {**CHOICES, **more}, draws=20)
        within(run.estimates, cells)
        assert run.details["ranks"].set_index("unit").loc["u", "coverage"] < 1


def _sobol(cells: public.Cells) -> None:
    rows = public.sobol_sensitivity(cells, TREE, None, CHOICES, draws=8, resamples=20).estimates
    assert (rows[rows["subject"] == "u"]["coverage"] < 1).all()


def _removal(cells: public.Cells) -> None:
    result = public.removal(cells, TREE, level=2)
    limits = public.compose(cells, TREE)
    assert limits.worst.loc["u", "index"] <= result.details["scores"].loc["u", "none"] <= limits.best.loc["u", "index"]
    assert result.details["coverage"].loc["u", "index"] < 1


def _perspectives(cells: public.Cells) -> None:
    result = public.weight_perspectives(cells, TREE, None, SETS)
    rows = result.estimates[result.estimates["subject"] == "u"]
    assert (rows["coverage"] < 1).all()
    orders = result.details["orders"]
    assert (orders.loc[orders["unit"] == "u", "unit_coverage"] < 1).all()
    assert (orders.loc[orders["other"] == "u", "other_coverage"] < 1).all()


def _what_if(cells: public.Cells) -> None:
    rows = public.what_if(cells, TREE, unit="u", changes={"b": 10.0}).estimates
    assert (rows["coverage"] < 1).all()
    within(rows.rename(columns={"subject": "measure", "measure": "what"}).assign(subject="u").pipe(_all_nodes), cells)


def _all_nodes(rows: pd.DataFrame) -> pd.DataFrame:
    """Only headings above the changed indicator move; q stands for itself."""
    q = rows.iloc[[0]].assign(measure="q", before=FULL.scores.loc["u", "q"])
    return pd.concat([rows, q]).assign(estimate=lambda frame: frame["before"])


def _change(cells: public.Cells) -> None:
    rows = public.decompose_change(told("reported"), cells, TREE).estimates
    own = rows[(rows["subject"] == "u") & (rows["node"] == "index")].set_index("measure")
    assert own.loc["coverage", "estimate"] == pytest.approx(own.loc["total", "estimate"])
    assert own.loc["values", "estimate"] == pytest.approx(0)
    assert own.loc["total", "coverage"] < 1


def _frameworks(cells: public.Cells) -> None:
    rows = public.compare_frameworks(cells, TREE, TREE).estimates
    within(rows, cells, "first")
    within(rows, cells, "second")


def _profile(cells: public.Cells) -> None:
    rows = public.profile(cells, TREE, unit="u").estimates.set_index("subject").loc[list(HIDDEN)]
    assert (rows["state"] != "reported").all()
    absent = rows["estimate"].isna()
    assert rows.loc[absent, "reason"].notna().all()


def _prepared(step: Callable[[public.Cells], Any]) -> Callable[[public.Cells], None]:
    def check(cells: public.Cells) -> None:
        assert (step(cells).details["states"].loc["u", list(HIDDEN)] != "reported").all()

    return check


def _denominate(cells: public.Cells) -> Any:
    return public.denominate(cells, TREE, denominators=pd.DataFrame({"fte": 2.0}, index=NUMBERS.index))


def _impute(cells: public.Cells) -> None:
    for method in ("mean", "median", "siblings"):
        _prepared(lambda given, how=method: public.impute(given, TREE, method=how))(cells)
        within(public.compose(cells, TREE, {"imputation": method}).estimates, cells)


def _on_frame(method: Callable[[pd.DataFrame], Any]) -> Callable[[public.Cells], None]:
    """Functions of a plain frame, in which every reason is an empty cell: the unit is left out, and that is told."""

    def check(cells: public.Cells) -> None:
        frame = cells.numbers.where(cells.states == "reported")
        result = method(frame)
        assert (result.estimates["coverage"] < 1).all()
        assert any(notice.code == "indicators.notices.units_incomplete" for notice in result.notices)

    return check


def _bod(cells: public.Cells) -> None:
    rows = public.bod_scores(cells.numbers.where(cells.states == "reported")).estimates.set_index("subject")
    assert np.isnan(rows.loc["u", "estimate"])
    assert rows.loc["u", "reason"] == "indicators.reasons.incomplete"
    assert rows.loc["u", "coverage"] == 0.5


def _quality(method: Callable[..., Any]) -> Callable[[public.Cells], None]:
    """Nothing is said of a unit here; a heading that u does not have counts without u."""

    def check(cells: public.Cells) -> None:
        rows = method(public.compose(cells, TREE), TREE).estimates
        complete = method(FULL, TREE).estimates
        assert (rows["n"].to_numpy() <= complete["n"].to_numpy()).all()
        if cells.numbers.isna().to_numpy().any():
            assert rows["n"].sum() < complete["n"].sum()

    return check


def _audit(cells: public.Cells) -> None:
    full, gap = (public.audit(given, TREE, draws=10) for given in (told("reported"), cells))
    limits = [result.estimates.set_index("measure").loc["reporting", "estimate"] for result in (full, gap)]
    assert limits[1] < limits[0]
    assert public.audit_document(gap, "fr") != public.audit_document(full, "fr")


def _sheet(cells: public.Cells) -> None:
    """A partner's sheet says why a cell is empty; that a value was filled in is no word of a sheet, and refused."""
    state = cells.states.loc["u", "a"]
    rows = cells.numbers.rename_axis(index="unit").reset_index().melt(id_vars="unit", var_name="indicator")
    hidden = (rows["unit"] == "u") & rows["indicator"].isin(HIDDEN)
    rows["value"] = rows["value"].astype(object).mask(hidden, state)
    if state == "imputed":
        with pytest.raises(InvalidStudyError):
            public.read_sheet(rows, {"year": 2024})
        return
    back = public.Cells.from_long(public.read_sheet(rows, {"year": 2024}))
    ours = back.states.loc[cells.states.index, cells.states.columns]
    pd.testing.assert_frame_equal(ours, cells.states, check_names=False)


CASES: dict[str, Callable[[public.Cells], None]] = {
    "aggregate": _aggregate,
    "audit": _audit,
    "audit_document": _audit,
    "bod_scores": _bod,
    "compare_frameworks": _frameworks,
    "compose": lambda cells: within(public.compose(cells, TREE).estimates, cells),
    "critic_weights": _on_frame(public.critic_weights),
    "cronbach_alpha": _on_frame(public.cronbach_alpha),
    "decompose_change": _change,
    "denominate": _prepared(_denominate),
    "entropy_weights": _on_frame(public.entropy_weights),
    "tuned_weights": _on_frame(public.tuned_weights),
    "importance": _quality(public.importance),
    "impute": _impute,
    "normalise": _normalise,
    "pca_weights": _on_frame(public.pca_weights),
    "profile": _profile,
    "ranking": _ranking,
    "read_sheet": _sheet,
    "removal": _removal,
    "sobol_sensitivity": _sobol,
    "treat_outliers": _prepared(lambda cells: public.treat_outliers(cells, TREE)),
    "tree_quality": _quality(public.tree_quality),
    "uncertainty": _uncertainty,
    "weight_perspectives": _perspectives,
    "what_if": _what_if,
}
NO_CELLS = {
    "ahp_weights": "judgements of people",
    "budget_weights": "points of people",
    "capacity_indices": "a capacity",
    "effective_weights": "a tree",
    "mesis_mapping": "the headers of a sheet",
    "pairwise_matrices": "judgements of people",
}


def test_every_public_function_has_a_case() -> None:
    functions = {name for name in public.__all__ if isfunction(getattr(public, name))}
    assert functions - set(NO_CELLS) == set(CASES)
    assert set(NO_CELLS) <= functions


@pytest.mark.parametrize("state", [state for state in STATES if state != "reported"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_what_is_hidden_is_seen_and_never_pays(name: str, state: str) -> None:
    CASES[name](told(state))


@pytest.mark.parametrize("state", ABSENT)
def test_the_reason_does_not_change_the_arithmetic(state: str) -> None:
    """A unit may not take itself out of the denominator: only a rule of the framework makes a cell not applicable."""
    frames = [public.compose(told(given), TREE).estimates for given in (state, "not_collected")]
    pd.testing.assert_frame_equal(*frames)
