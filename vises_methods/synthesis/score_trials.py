"""What the scores of an enterprise would be if a value were another, a target were met, an indicator were gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.indicators import Cells, IndicatorTree, Node, aggregate, what_if
from vises_methods.results import NotEstimable, Result, fingerprint
from vises_methods.synthesis.indicator_audit import declared
from vises_methods.synthesis.indicator_scores import ScoringChoices, indicator_scores

REFERENCE = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, steps 7 and 8, pp. 34-38"
STEPS = 100
"""An indicator is tried one of so many steps further along its own scale."""


def what_if_changed(
    cells: Cells | None,
    tree: IndicatorTree,
    choices: ScoringChoices,
    /,
    *,
    indicator: str = "",
    value: float = 0.0,
) -> Result:
    """Change one value in thought, or meet the enterprise's own targets, and see every score above move.

    It is arithmetic, not a forecast: nothing says that the change can be had, nor that it would be good.

    Parameters
    ----------
    cells : Cells or None
        One enterprise, one year; None where there is no value at all.
    tree : IndicatorTree
    choices : ScoringChoices
    indicator : str
        Whose value is changed; without, every own target that is not met is met.
    value : float
        What it becomes, in its own unit.

    Returns
    -------
    Result
        As :func:`indicators.what_if` gives it. Not estimable without values, and without a target that is not met.

    Raises
    ------
    InputError
        The indicator is not one that is scored.
    """
    if cells is None:
        return _nothing("synthesis.reasons.no_indicators")
    unit = str(cells.numbers.index[0])
    changes = {indicator: value} if indicator else _unmet(cells, tree, choices)
    if not changes:
        return _nothing("synthesis.reasons.no_target_missed")
    recipe = _recipe(tree, choices)
    return what_if(cells, tree, recipe, unit=unit, changes=changes).labelled(tree.labels())


def price_of_points(cells: Cells | None, tree: IndicatorTree, choices: ScoringChoices, /) -> Result:
    """Tell of each scored indicator what one point of its dimension takes, and what the dimension is without it.

    Every indicator is moved one step of a hundred towards the good end of its scale, all else as it is, and is then
    left out; all trials are scored together.

    Parameters
    ----------
    cells : Cells or None
        One enterprise, one year.
    tree : IndicatorTree
    choices : ScoringChoices

    Returns
    -------
    Result
        One row ``price`` per indicator that is scored and reported: ``estimate`` the change of its value, in its own
        unit, that moves its dimension by one point, or the reason why none does (``at_end``: it stands at an end of
        its scale or beyond); ``value``, ``dimension``, ``score`` of the dimension, ``without`` the score that the
        dimension has when the indicator is left out (none where too little is then reported), and ``shift``, the
        difference.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, steps 7 and 8, pp. 34-38.
    """
    if cells is None:
        return _nothing("synthesis.reasons.no_indicators")
    unit = str(cells.numbers.index[0])
    numbers: pd.Series[float] = pd.Series(cells.numbers.loc[unit]).astype(float)
    codes = [code for code in tree.scored_indicators if code in numbers and np.isfinite(numbers[code])]
    steps = {code: _step(tree.node(code), float(numbers[code]), choices) for code in codes}
    trials = _trials(cells, unit, steps)
    scored = _scores(trials, declared(tree), choices)
    rows = [_price(code, steps[code], numbers, scored, tree) for code in codes]
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    return Result(
        method="price of points",
        reference=REFERENCE,
        estimates=frame.assign(measure="price", n=1, coverage=1.0),
        options={"steps": STEPS},
        inputs={"values": fingerprint(cells.numbers), "tree": fingerprint(tree.to_frame())},
    ).labelled(tree.labels())


_COLUMNS = ["subject", "estimate", "unit", "reason", "value", "dimension", "score", "without", "shift"]
NOW, MORE, WITHOUT = "now", "more", "without"


def _unmet(cells: Cells, tree: IndicatorTree, choices: ScoringChoices) -> dict[str, float]:
    """The own targets that the values do not reach yet, by indicator."""
    found: dict[str, float] = {}
    for code, target in (choices.targets if choices.targets is not None else pd.Series(dtype=float)).items():
        if str(code) in tree.scored_indicators and str(code) in cells.numbers:
            node, value = tree.node(str(code)), float(cells.numbers[str(code)].iloc[0])
            sign = {"higher": 1, "lower": -1}.get(node.direction, 0)
            if np.isfinite(value) and sign * (float(target) - value) > 0:
                found[str(code)] = float(target)
    return found


def _recipe(tree: IndicatorTree, choices: ScoringChoices) -> dict[str, Any]:
    return {
        "normalisation": choices.normalisation,
        "aggregation": {level: name for level, name in choices.aggregation.items() if level <= tree.top_level},
        "min_coverage": choices.min_coverage,
        "targets": choices.targets,
        "baseline": choices.baseline,
    }


def _step(node: Node, value: float, choices: ScoringChoices) -> float:
    """One step towards the good end, in the unit of the indicator; none where there is no scale to step along."""
    scale = node.scale
    if choices.normalisation == "target" or scale is None or scale.minimum is None or scale.maximum is None:
        return float("nan")
    size = (scale.maximum - scale.minimum) / STEPS
    if scale.method == "change":
        start = float(choices.baseline.get(node.code, np.nan)) if choices.baseline is not None else np.nan
        size *= abs(start) / 100
    if scale.method == "band":
        inside = scale.low is None or scale.high is None or scale.low <= value <= scale.high
        return 0.0 if inside else size if value < float(scale.low or 0.0) else -size
    return -size if node.direction == "lower" else size


def _trials(cells: Cells, unit: str, steps: Mapping[str, float]) -> Cells:
    """The enterprise as it is; then with each indicator a step further; then without each: a row for each."""
    names = [NOW, *(f"{MORE}:{code}" for code in steps), *(f"{WITHOUT}:{code}" for code in steps)]
    columns = [str(code) for code in cells.numbers]
    numbers = np.tile(cells.numbers.loc[unit].to_numpy(dtype=float), (len(names), 1))
    states = np.tile(cells.states.loc[unit].to_numpy(dtype=object), (len(names), 1))
    for place, (code, step) in enumerate(steps.items(), start=1):
        column = columns.index(code)
        numbers[place, column] += step if np.isfinite(step) else 0.0
        numbers[place + len(steps), column] = np.nan
        states[place + len(steps), column] = "not_applicable"
    index = pd.Index(names)
    return Cells(
        pd.DataFrame(numbers, index=index, columns=columns),
        pd.DataFrame(states, index=index, columns=columns, dtype=object),
        None if cells.groups is None else pd.Series(cells.groups.loc[unit], index=index),
    )


def _scores(trials: Cells, tree: IndicatorTree, choices: ScoringChoices) -> pd.DataFrame:
    recipe = _recipe(tree, choices)
    scored = indicator_scores(trials, tree, choices)
    return aggregate(scored, tree, method=recipe["aggregation"], min_coverage=choices.min_coverage).details["scores"]


def _price(
    code: str, step: float, numbers: pd.Series[float], scores: pd.DataFrame, tree: IndicatorTree
) -> dict[str, object]:
    dimension = code
    while (above := tree.node(dimension).parent) is not None:
        dimension = above
    trials = [NOW, f"{MORE}:{code}", f"{WITHOUT}:{code}"]
    found = scores[dimension].reindex(trials).to_numpy(dtype=float) if dimension in scores else np.full(3, np.nan)
    now, more, without = found.tolist()
    points = more - now
    moves = bool(np.isfinite(points) and abs(points) > 1e-9)
    absent = "no_score_to_move" if np.isnan(now) else "at_end" if np.isfinite(step) else "no_step"
    reason = None if moves else f"synthesis.reasons.{absent}"
    return {
        "subject": code,
        "estimate": step / points if moves else None,
        "unit": tree.node(code).unit,
        "reason": reason,
        "value": float(numbers[code]),
        "dimension": dimension,
        "score": now,
        "without": without,
        "shift": without - now,
    }


def _nothing(reason: str) -> Result:
    empty = pd.DataFrame(columns=["measure", "subject", "estimate"])
    return Result("what if", REFERENCE, empty, not_estimable=NotEstimable(reason))
