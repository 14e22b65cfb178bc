"""How far the scores of one enterprise hang on choices that could as well have been others, and on which."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vises_methods.indicators import Cells, IndicatorTree, Recipe, compose, uncertainty
from vises_methods.indicators.simulation import study_of
from vises_methods.indicators.sobol import shares_of_variance
from vises_methods.methodology import UncertaintyChoices
from vises_methods.results import NotEstimable, Notice, Result, fingerprint
from vises_methods.study import Enterprise
from vises_methods.synthesis.indicator_scores import ScoringChoices, indicator_scores

LEAST_SAMPLE, RUNS_PER_DRAW = 64, 8
_POSITIVE = ("geometric", "harmonic")
_SILENT = "indicators.reasons.nothing_reported"
REFERENCE = (
    "Saisana, Saltelli and Tarantola (2005), Journal of the Royal Statistical Society A 168, 307-323; "
    "Saltelli and others (2010), Computer Physics Communications 181, 259-270"
)


def value_errors(case: Enterprise, year: int | None, plan: UncertaintyChoices, /) -> pd.Series[float]:
    """Return the standard error of each value of a year, in its own unit, from its quality mark.

    Parameters
    ----------
    case : Enterprise
    year : int or None
    plan : UncertaintyChoices
        Its ``data_error``: by quality mark, the standard error as a share of the value.

    Returns
    -------
    Series of float
        By indicator; one whose mark has no entry, or that has no mark, is not in it: its error is not known.
    """
    rows = case.indicators
    rows = rows[rows["breakdown"].isna() & (rows["year"] == year) & rows["value"].notna() & rows["quality"].notna()]
    shares = rows["quality"].map(plan.data_error).astype(float)
    return pd.Series((rows["value"].abs() * shares).to_numpy(), index=rows["indicator"], dtype=float).dropna()


def score_uncertainty(
    cells: Cells | None,
    tree: IndicatorTree,
    choices: ScoringChoices,
    plan: UncertaintyChoices,
    /,
    *,
    errors: pd.Series[float] | None = None,
    seed: int = 0,
) -> Result:
    """Compute the scores of one enterprise anew over declared alternatives, and tell which of them moves each score.

    The scales are fixed, so one enterprise is enough. What is silent may be drawn too, anywhere on its scale: then an
    interval may lie beside the score, which holds only what was said.

    Parameters
    ----------
    cells : Cells or None
        One enterprise, one year; None where there is no value at all.
    tree : IndicatorTree
    choices : ScoringChoices
        The choices that the scores were made with.
    plan : UncertaintyChoices
        The alternatives: other means (of scores below zero only those that are defined), weights stretched, indicators
        left out, errors of the values, values in place of what is silent.
    errors : Series of float, optional
        From :func:`value_errors`. An error is carried to the scale by the mean distance of the two scores at one
        standard error, so that beyond its goalposts a value moves nothing.
    seed : int

    Returns
    -------
    Result
        One row per heading: ``estimate`` its score, ``low`` and ``high`` hold ``plan.level`` of the draws, ``sd``,
        ``n`` the draws with a score. ``details["drivers"]``: per dimension and choice (``factor``) the share of the
        variance that it causes alone (``first``) and with others (``total``), empty where nothing moves it; found
        without the threshold of coverage, so that every run has a score.

    References
    ----------
    Saisana, Saltelli and Tarantola (2005), Journal of the Royal Statistical Society A 168, 307-323; Saltelli and others
    (2010), Computer Physics Communications 181, 259-270.
    """
    scored = indicator_scores(cells, tree, choices)
    if cells is None or scored.not_estimable is not None:
        return _nothing("synthesis.reasons.no_indicators")
    laid = on_one_scale(scored, tree)
    errors_on_scale = _on_scale(cells, tree, choices, errors)
    plain, limits = plain_tree(tree, laid), limits_of(laid)
    levels = levels_of(choices, tree)
    recipe = {**limits, "aggregation": levels, "min_coverage": choices.min_coverage}
    alternatives = declared_alternatives(plan, levels, laid, errors_on_scale)
    if not alternatives:
        return _nothing("synthesis.reasons.no_alternatives")
    run = uncertainty(laid, plain, recipe, alternatives, draws=plan.draws, seed=seed, level=plan.level)
    unknown = 0 if errors is None else int((~laid.numbers.columns[laid.numbers.notna().all()].isin(errors.index)).sum())
    return Result(
        method="uncertainty of scores",
        reference=REFERENCE,
        estimates=run.estimates,
        details={
            "drivers": _drivers(laid, plain, recipe, alternatives, plan, seed),
            "tree": tree.to_frame(),
        },
        options={**plan.model_dump(), "alternatives": sorted(alternatives), "seed": seed},
        notices=(Notice("synthesis.notices.no_quality_mark", {"count": unknown}),) if unknown else (),
        inputs={"scores": fingerprint(laid.numbers), "tree": fingerprint(tree.to_frame())},
    ).labelled(tree.labels())


def on_one_scale(normalised: Result, tree: IndicatorTree, /) -> Cells:
    """Return the scores of the indicators as cells, so that own targets and own starts are scores like others.

    A value that has no place on a scale (an indicator without target, where targets are the scale) leaves the tree, as
    it does when scores are aggregated.
    """
    rows = normalised.estimates
    placed = set(rows.loc[rows["reason"].isna() | (rows["reason"] == _SILENT), "subject"])
    scored = [code for code in normalised.details["scores"] if code in placed and code in tree.scored_indicators]
    numbers = normalised.details["scores"][scored].astype(float)
    return Cells(numbers, normalised.details["states"][scored].astype(object), None)


def plain_tree(tree: IndicatorTree, *years: Cells) -> IndicatorTree:
    """Return the tree over indicators that are scores already, more being better: those that all the cells have."""
    rows = tree.to_frame()
    leaves = rows["level"] == 1
    in_all = set(tree.indicators).intersection(*(cells.numbers.columns for cells in years))
    rows = _with_something_under(rows[~leaves | rows["code"].isin(in_all)])
    limits = [limits_of(cells) for cells in years]
    leaves = rows["level"] == 1
    low = np.where(leaves, min(limit["low"] for limit in limits), np.nan)
    high = np.where(leaves, max(limit["high"] for limit in limits), np.nan)
    kept = rows.drop(columns=["unit", "target"]).assign(direction="higher", min=low, max=high)
    return IndicatorTree.from_frame(kept)


def limits_of(laid: Cells, /) -> dict[str, float]:
    """Return the ends of the scale: 0 and 100, wider where the way to an own target is left or gone beyond."""
    return {
        "low": min(0.0, float(np.nan_to_num(laid.numbers.min().min()))),
        "high": max(100.0, float(np.nan_to_num(laid.numbers.max().max()))),
    }


def _with_something_under(rows: pd.DataFrame) -> pd.DataFrame:
    while True:
        kept = rows[(rows["level"] == 1) | rows["code"].isin(rows["parent"])]
        if len(kept) == len(rows):
            return kept
        rows = kept


def sample_of(plan: UncertaintyChoices, /) -> int:
    """Return the base sample of a variance-based analysis that takes about as many runs as the plan has draws."""
    return int(max(LEAST_SAMPLE, 2 ** int(np.log2(plan.draws / RUNS_PER_DRAW))))


def levels_of(choices: ScoringChoices, tree: IndicatorTree, /) -> dict[int, str]:
    """Return the mean of each level that the tree has."""
    return {level: name for level, name in choices.aggregation.items() if level <= tree.top_level}


def _on_scale(
    cells: Cells, tree: IndicatorTree, choices: ScoringChoices, errors: pd.Series[float] | None
) -> pd.DataFrame | None:
    """Half the distance between the scores of a value one standard error up and down."""
    if errors is None:
        return None
    moved = []
    for sign in (1, -1):
        shift = errors.reindex(cells.numbers.columns).fillna(0.0) * sign
        shifted = Cells(cells.numbers + shift, cells.states, cells.groups)
        moved.append(on_one_scale(indicator_scores(shifted, tree, choices), tree).numbers)
    half: pd.DataFrame = ((moved[0] - moved[1]).abs() / 2).fillna(0.0)
    return half if (half.to_numpy() > 0).any() else None


def declared_alternatives(
    plan: UncertaintyChoices, aggregation: dict[int, str], laid: Cells, errors: pd.DataFrame | None, /
) -> dict[str, Any]:
    """Return the alternatives of a plan as :func:`vises_methods.indicators.uncertainty` takes them."""
    usable = [name for name in plan.means if name not in _POSITIVE or not (laid.numbers < 0).to_numpy().any()]
    means = [aggregation, *(dict.fromkeys(aggregation, name) for name in usable)]
    distinct = [mean for place, mean in enumerate(means) if mean not in means[:place]]
    reported = [str(code) for code in laid.numbers if laid.numbers[code].notna().all()]
    found: dict[str, Any] = {}
    if len(distinct) > 1:
        found["aggregation"] = distinct
    if plan.weight_noise > 0:
        found["weight_noise"] = plan.weight_noise
    if plan.leave_out and reported:
        found["removal"] = [None, *reported]
    if errors is not None:
        found["data_error"] = errors
    silent = laid.numbers.isna() & (laid.states != "not_applicable")
    if plan.silence == "scale" and silent.to_numpy().any():
        found["multiple_imputation"] = plan.silence
    return found


def _drivers(
    laid: Cells,
    tree: IndicatorTree,
    recipe: dict[str, Any],
    alternatives: dict[str, Any],
    plan: UncertaintyChoices,
    seed: int,
) -> pd.DataFrame:
    columns = ["dimension", "factor", "first", "total", "reason"]
    if len(alternatives) < 2:
        return pd.DataFrame(columns=columns)
    chosen, draws = Recipe.of({**recipe, "min_coverage": 0.0}), sample_of(plan)
    nominal = compose(laid, tree, chosen)
    parts = []
    for dimension in tree.roots:
        study = study_of(laid, tree, chosen, _of_dimension(alternatives, tree, dimension), draws, seed)
        found, _ = shares_of_variance(study, nominal, dimension, draws=draws, seed=seed, level=0.95, resamples=20)
        rows = found[found["subject"].isin(laid.numbers.index.astype(str))]
        wide = rows.pivot(index="factor", columns="measure", values="estimate").reset_index()
        reasons = rows.drop_duplicates("factor").set_index("factor")["reason"]
        parts.append(wide.assign(dimension=dimension, reason=wide["factor"].map(reasons)))
    return pd.concat(parts, ignore_index=True)[columns]


def _of_dimension(alternatives: dict[str, Any], tree: IndicatorTree, dimension: str) -> dict[str, Any]:
    """Only indicators of the dimension are left out in turn: to leave out others moves nothing here."""
    if "removal" not in alternatives:
        return alternatives
    under = set(tree.descendants(dimension))
    return {**alternatives, "removal": [code for code in alternatives["removal"] if code is None or code in under]}


def _nothing(reason: str) -> Result:
    empty = pd.DataFrame({"measure": [], "subject": [], "estimate": []})
    return Result("uncertainty of scores", REFERENCE, empty, not_estimable=NotEstimable(reason))
