"""Scores of one enterprise: per heading with coverage and bounds, over the years, and as each group weighs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators import Cells, IndicatorTree, aggregate, normalise, profile
from vises_methods.indicators.normalisation import scores_on_scales
from vises_methods.results import NotEstimable, Result, fingerprint

Mean = Literal["arithmetic", "geometric", "harmonic", "median"]


@dataclass(frozen=True)
class ScoringChoices:
    """How values become scores: the choices of a methodology, and the enterprise's own targets and start."""

    normalisation: Literal["framework", "target"] = "framework"
    aggregation: Mapping[int, Mean] = field(default_factory=lambda: {2: "arithmetic", 3: "arithmetic"})
    min_coverage: float = 0.5
    targets: pd.Series | None = None
    baseline: pd.Series | None = None


def indicator_scores(cells: Cells | None, tree: IndicatorTree, choices: ScoringChoices, /) -> Result:
    """Place every value of a year on its own scale of 0 to 100.

    Parameters
    ----------
    cells : Cells or None
        One enterprise, one year; None where there is no value at all.
    tree : IndicatorTree
    choices : ScoringChoices

    Returns
    -------
    Result
        As :func:`indicators.normalise` gives it; not estimable without values.
    """
    if cells is None:
        return _nothing("normalisation")
    return normalise(
        cells,
        tree,
        method=choices.normalisation,
        low=0,
        high=100,
        targets=choices.targets,
        baseline=choices.baseline,
    ).labelled(tree.labels())


def heading_scores(normalised: Result, tree: IndicatorTree, choices: ScoringChoices, /) -> Result:
    """Aggregate the indicators of a year up the tree, each score with its coverage, worst and best case.

    Parameters
    ----------
    normalised : Result
        From :func:`indicator_scores`.
    tree : IndicatorTree
    choices : ScoringChoices

    Returns
    -------
    Result
        As :func:`indicators.aggregate` gives it: one row per heading, ``measure`` its code; not estimable without
        values. There is no row above the dimensions: nothing here is one score for an enterprise. ``details["states"]``
        is the state of each indicator, ``not_placed`` for a value that has no place on a scale.
    """
    if normalised.not_estimable is not None:
        return _nothing("aggregation")
    method = {level: name for level, name in choices.aggregation.items() if level <= tree.top_level}
    scored = aggregate(normalised, tree, method=method, min_coverage=choices.min_coverage)
    placed = normalised.details["scores"].notna() | (normalised.details["states"] != "reported")
    states = normalised.details["states"].astype(object).where(placed, "not_placed")
    kept = {"tree": tree.to_frame(), "states": states}
    return replace(scored, details={**scored.details, **kept}).labelled(tree.labels())


def profile_on_scales(
    unit: str,
    years: Mapping[int, Cells],
    tree: IndicatorTree,
    choices: ScoringChoices,
    /,
    *,
    year: int | None,
    ranges: pd.DataFrame | None = None,
) -> Result:
    """Show every indicator in its own unit and on its own scale: latest year, first year, target.

    Parameters
    ----------
    unit : str
        The enterprise.
    years : mapping of int to Cells
    tree : IndicatorTree
    choices : ScoringChoices
        Its targets are the enterprise's own.
    year : int or None
        The year to read; None where there is no value at all.
    ranges : DataFrame, optional
        Where the enterprises of its group stand, by ``indicator`` and ``year``: ``low, median, high`` and ``n``.

    Returns
    -------
    Result
        As :func:`indicators.profile` gives it, with the range of the group in the indicator's own unit
        (``group_low, group_median, group_high, group_n``); with ``scored`` (whether the indicator may enter a score);
        and on a scale of 0 to 100: ``score``, ``first_score`` (of the first earlier year with a value),
        ``target_score``, ``range_low`` and ``range_high``.
    """
    if year is None:
        return _nothing("profile")
    past = {earlier: cells for earlier, cells in years.items() if earlier < year}
    shown = profile(years[year], tree, unit=unit, past=past, against="first", targets=choices.targets)
    targets = choices.targets if choices.targets is not None else pd.Series(dtype=float)
    aimed = pd.DataFrame([targets.reindex(list(tree.indicators)).astype(float)], index=[unit])
    on_scale = {
        "score": _on_scale(years[year], tree, choices, unit),
        "target_score": _on_scale(Cells.from_frame(aimed), tree, choices, unit),
        "first_score": _first([_on_scale(cells, tree, choices, unit) for cells in past.values()]),
    }
    of_group = _of_group(ranges, tree, year)
    for name in ("low", "high"):
        row = pd.DataFrame([of_group[f"group_{name}"].reindex(list(tree.indicators))], index=[unit])
        on_scale[f"range_{name}"] = _on_scale(Cells.from_frame(row.astype(float)), tree, choices, unit)
    rows = shown.estimates.set_index("subject")
    for column in of_group:
        rows[column] = of_group[column].reindex(rows.index).astype(float)
    rows["past_year"] = rows["past_year"].map(lambda known: str(int(known)), na_action="ignore").astype(object)
    for name, scores in on_scale.items():
        rows[name] = scores.reindex(rows.index).astype(float)
    rows["scored"] = rows.index.isin(tree.scored_indicators)
    kept = [name for name in rows if name not in ("measure", *on_scale, "scored")]
    order = ["measure", "subject", *kept, *on_scale, "scored"]
    told = tuple(notice for notice in shown.notices if notice.code != _OF_THE_FRAME)
    return replace(shown, estimates=rows.reset_index()[order], notices=told).labelled(tree.labels())


_OF_THE_FRAME = "indicators.notices.group_small"
"""Told of the one enterprise that the frame holds: its group stands in ``ranges``."""


def _of_group(ranges: pd.DataFrame | None, tree: IndicatorTree, year: int) -> pd.DataFrame:
    """The range of the group by indicator of this enterprise's tree: only what both share."""
    names = {name: f"group_{name}" for name in ("low", "median", "high", "n")}
    if ranges is None or ranges.empty:
        return pd.DataFrame(columns=list(names.values()), dtype=float)
    shared = ranges[(ranges["year"] == year) & ranges["indicator"].isin(tree.indicators)]
    return shared.set_index("indicator")[list(names)].rename(columns=names).astype(float)


def _on_scale(cells: Cells, tree: IndicatorTree, choices: ScoringChoices, unit: str) -> pd.Series[float]:
    targets, baseline = choices.targets, choices.baseline
    scores = scores_on_scales(
        cells, tree, method=choices.normalisation, low=0, high=100, targets=targets, baseline=baseline
    )
    return pd.Series(scores.loc[unit]).astype(float)


def _first(scores: list[pd.Series[float]]) -> pd.Series[float]:
    """Return per indicator the first year's score that there is."""
    found = pd.Series(dtype=float)
    for earlier in scores:
        found = found.combine_first(earlier) if len(found) else earlier
    return found


def scores_over_years(years: Mapping[int, Cells], tree: IndicatorTree, choices: ScoringChoices, /) -> Result:
    """Score the dimensions of every year on the same fixed scales.

    Returns
    -------
    Result
        One row per dimension and year: ``measure`` the dimension, ``subject`` the year.
    """
    parts = []
    for year, cells in years.items():
        if cells.numbers.notna().to_numpy().any():
            scored = heading_scores(indicator_scores(cells, tree, choices), tree, choices).estimates
            parts.append(scored[scored["measure"].isin(tree.roots)].assign(subject=str(year)))
    if not parts:
        return _nothing("aggregation over years")
    return Result(
        method="aggregation over years",
        reference="OECD/JRC (2008), Handbook on Constructing Composite Indicators, pp. 86-87 (fixed scaling over time)",
        estimates=pd.concat(parts, ignore_index=True),
        options={"years": list(years), "min_coverage": choices.min_coverage},
        inputs={str(year): fingerprint(cells.numbers) for year, cells in years.items()},
    ).labelled(tree.labels())


def whole_by_weights(
    headings: Result, tree: IndicatorTree, weights: Mapping[str, Mapping[str, float]], /, *, use: str = "stakeholders"
) -> Result:
    """Show what the whole looks like when each stakeholder group's weights are used: side by side, never averaged.

    The point is the difference between the groups, not the number: it shows which conclusions depend on whose weights.

    Parameters
    ----------
    headings : Result
        From :func:`heading_scores`.
    tree : IndicatorTree
    weights : mapping of str to mapping of str to float
        Per set of weights, points per dimension.
    use : str
        ``stakeholders`` for every set beside equal weights, ``equal`` for equal weights alone, or the name of one set.

    Returns
    -------
    Result
        One row per set, ``measure`` "whole": the mean of the dimensions that have a score, weighted; ``low`` and
        ``high`` its worst and best case over all that is missing; coverage by weight. ``details["weights"]``: dimension
        × set, in shares.
    """
    if headings.not_estimable is not None:
        return _nothing("weights side by side")
    dimensions = headings.estimates[headings.estimates["measure"].isin(tree.roots)].set_index("measure")
    sets = _sets(tree, weights, use)
    shares = pd.DataFrame(sets).reindex(dimensions.index).fillna(0.0)
    shares = shares / shares.sum()
    scored = dimensions["estimate"].notna()
    rows = [_whole(str(name), shares[name], dimensions, scored) for name in shares]
    return Result(
        method="weights side by side",
        reference="OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6, pp. 31-33",
        estimates=pd.DataFrame(rows),
        details={"weights": shares.rename_axis("dimension")},
        options={"use": use},
        inputs=headings.inputs,
    ).labelled(tree.labels())


def _sets(tree: IndicatorTree, weights: Mapping[str, Mapping[str, float]], use: str) -> dict[str, Mapping[str, float]]:
    equal: dict[str, Mapping[str, float]] = {"equal": dict.fromkeys(tree.roots, 1.0)}
    if use == "equal":
        return equal
    if use == "stakeholders":
        return equal | dict(weights)
    if use not in tree.weight_sets:
        allowed = ["stakeholders", "equal", *tree.weight_sets]
        raise InputError("unknown_option", "whole_by_weights(use=)", value=use, allowed=allowed)
    return {use: tree.weight_sets[use]}


def _whole(name: str, share: pd.Series[float], dimensions: pd.DataFrame, scored: pd.Series[bool]) -> dict[str, object]:
    if share.isna().any():
        reason = "synthesis.reasons.no_dimension"
        return {"measure": "whole", "subject": name, "estimate": None, "n": 0, "coverage": 0.0, "reason": reason}
    weight = share[scored].sum()
    value = (share[scored] * dimensions.loc[scored, "estimate"]).sum() / weight if weight > 0 else None
    return {
        "measure": "whole",
        "subject": name,
        "estimate": value,
        "low": (share * dimensions["low"].fillna(0.0)).sum(),
        "high": (share * dimensions["high"].fillna(100.0)).sum(),
        "n": int(scored.sum()),
        "coverage": (share * dimensions["coverage"]).sum(),
        "unit": "score",
        "reason": None if weight > 0 else "synthesis.reasons.no_dimension",
    }


def _nothing(method: str) -> Result:
    empty = pd.DataFrame({"measure": [], "subject": [], "estimate": []})
    return Result(
        method=method, reference="", estimates=empty, not_estimable=NotEstimable("synthesis.reasons.no_indicators")
    )
