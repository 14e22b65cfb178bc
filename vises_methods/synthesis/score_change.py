"""Why the scores of an enterprise changed since its first year: other values, or other indicators reported."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from vises_methods.indicators import Cells, IndicatorTree, decompose_change
from vises_methods.results import NotEstimable, Result
from vises_methods.synthesis.indicator_scores import ScoringChoices, heading_scores, indicator_scores
from vises_methods.synthesis.score_uncertainty import limits_of, on_one_scale, plain_tree

REFERENCE = "Shorrocks (2013), Journal of Economic Inequality 11, 99-126"


def score_change(
    years: Mapping[int, Cells], tree: IndicatorTree, choices: ScoringChoices, /, *, year: int | None
) -> Result:
    """Share the change of each heading since the first year with values out over what changed.

    A score rises when values improve, and also when a weak indicator is no longer reported: the two are told apart. An
    enterprise alone on fixed scales has no change by weights or by members; both rows are zero.

    Parameters
    ----------
    years : mapping of int to Cells
    tree : IndicatorTree
    choices : ScoringChoices
    year : int or None
        The year to read; None where there is no value at all.

    Returns
    -------
    Result
        As :func:`indicators.decompose_change` gives it: per heading (``node``) the rows ``total, values, coverage,
        weights, membership``, with ``first`` and ``last``, the scores of the two years. Indicators that apply in one of
        the years only are left out of both, so that the two are of the same tree. Not estimable with one year.

    References
    ----------
    Shorrocks (2013), Journal of Economic Inequality 11, 99-126.
    """
    earlier = [known for known, cells in years.items() if year is not None and known < year and _any(cells)]
    if year is None or not earlier:
        return _nothing("synthesis.reasons.one_year")
    first = min(earlier)
    scored = [indicator_scores(years[known], tree, choices) for known in (first, year)]
    laid = [on_one_scale(result, tree) for result in scored]
    both = [str(code) for code in laid[0].numbers if _applies(laid[0], str(code)) and _applies(laid[1], str(code))]
    if not both:
        return _nothing("synthesis.reasons.nothing_shared")
    before, after = (Cells(cells.numbers[both], cells.states[both], None) for cells in laid)
    plain = plain_tree(tree, before, after)
    low, high = (widest(limits_of(before)[end], limits_of(after)[end]) for end, widest in (("low", min), ("high", max)))
    levels = {level: name for level, name in choices.aggregation.items() if level <= tree.top_level}
    recipe = {"low": low, "high": high, "aggregation": levels, "min_coverage": choices.min_coverage}
    found = decompose_change(before, after, plain, recipe)
    ends = [heading_scores(result, tree, choices).estimates.set_index("measure")["estimate"] for result in scored]
    rows = found.estimates.assign(first=found.estimates["node"].map(ends[0]), last=found.estimates["node"].map(ends[1]))
    return Result(
        method="change of scores",
        reference=REFERENCE,
        estimates=rows,
        details={"tree": tree.to_frame()},
        options={"first": first, "last": year, "indicators": len(both)},
        notices=found.notices,
        inputs=found.inputs,
    ).labelled(tree.labels())


def _any(cells: Cells) -> bool:
    return bool(cells.numbers.notna().to_numpy().any())


def _applies(cells: Cells, code: str) -> bool:
    return code in cells.numbers and not (cells.states[code] == "not_applicable").all()


def _nothing(reason: str) -> Result:
    empty = pd.DataFrame(columns=["measure", "subject", "estimate"])
    return Result("change of scores", REFERENCE, empty, not_estimable=NotEstimable(reason))
