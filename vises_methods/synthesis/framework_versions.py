"""Another version of the framework beside the study's own: what differs, and what that does to the scores."""

from __future__ import annotations

import pandas as pd

from vises_methods.indicators import Cells, IndicatorTree, Scale, compare_frameworks
from vises_methods.methodology import IndicatorChoices
from vises_methods.results import NotEstimable, Result
from vises_methods.study import Enterprise, Study, open_enterprise
from vises_methods.synthesis.group_ranges import LEAST
from vises_methods.synthesis.indicator_audit import declared
from vises_methods.synthesis.own_framework import cells_by_year, latest_year, own_baseline, set_aside

UNSCORED = "indicators.reasons.not_scored_in_both"
POINTS = 5.0
"""A score that moves by more than this many points of 100 reads otherwise."""


def framework_versions(study: Study, tree: IndicatorTree, choices: IndicatorChoices, /) -> Result:
    """Put another version of the framework beside the study's own, over the same values of all enterprises.

    Each enterprise enters with its latest year. Own indicators and targets are left out: they are of neither version.

    Parameters
    ----------
    study : Study
        Its ``framework_beside`` names the other version.
    tree : IndicatorTree
        The study's framework.
    choices : IndicatorChoices

    Returns
    -------
    Result
        One row per heading that both have: ``estimate`` the median difference of score between enterprises (other
        version minus the study's), ``low`` and ``high`` the smallest and largest, ``n`` the enterprises scored by both,
        ``moved`` those that move by more than five points, ``only_first`` and ``only_second`` those that one of the two
        gives a score. ``details["differences"]``: node, what differs, in the first, in the second. With fewer than five
        enterprises ``low`` and ``high`` stay empty, and with fewer than the study's smallest cell all of it. Not
        estimable where no other version is named.
    """
    if study.framework_beside_path is None:
        return _no_version("synthesis.reasons.no_other_version")
    other = IndicatorTree.from_yaml(study.framework_beside_path)
    cells, baseline = _latest_values(study, tree, other)
    if cells is None:
        return _no_version("synthesis.reasons.no_indicators")
    levels = {level: name for level, name in choices.aggregation.items() if level <= tree.top_level}
    recipe = {"aggregation": levels, "min_coverage": choices.min_coverage, "baseline": baseline}
    found = compare_frameworks(cells, declared(tree), declared(other), recipe)
    rows = [
        _shift(str(code), own, study.privacy.minimum_cell)
        for code, own in found.estimates.groupby("measure", sort=False)
    ]
    return Result(
        method="comparison of frameworks",
        reference=found.reference,
        estimates=pd.DataFrame(rows),
        details={"differences": _differences(found.details["differences"], tree, other)},
        options={
            "points": POINTS,
            "enterprises": len(cells.numbers),
            "indicators": [len(version.scored_indicators) for version in (tree, other)],
            "versions": [study.framework_path.stem, study.framework_beside_path.stem],
        },
        inputs=found.inputs,
    ).labelled({**other.labels(), **tree.labels()})


def _latest_values(study: Study, tree: IndicatorTree, other: IndicatorTree) -> tuple[Cells | None, pd.DataFrame | None]:
    """The latest values of every enterprise that either version asks for, and those of its own starting year."""
    numbers, states, starts, groups = {}, {}, {}, {}
    for card in study.enterprises:
        case = open_enterprise(study, card.id)
        by_version = [cells_by_year(case, version) for version in (tree, other)]
        year = latest_year(by_version[0])
        if year is None:
            continue
        joined = {known: _joined(by_version[0][known], by_version[1].get(known), case) for known in by_version[0]}
        numbers[card.id] = joined[year].numbers.loc[card.id]
        states[card.id] = joined[year].states.loc[card.id]
        starts[card.id] = own_baseline(case, joined)
        groups[card.id] = card.group
    if not numbers:
        return None, None
    values, told = (pd.DataFrame(rows).T for rows in (numbers, states))
    baseline = pd.DataFrame({name: start for name, start in starts.items() if start is not None}).T
    told = told.astype(object).where(told.notna(), "not_collected")
    return Cells(values.astype(float), told, pd.Series(groups)), baseline.reindex(values.index).astype(float)


def _joined(own: Cells, other: Cells | None, case: Enterprise) -> Cells:
    """One year of one enterprise, with the indicators of both versions; what it set aside does not apply."""
    more = [] if other is None else [code for code in other.numbers if code not in own.numbers]
    numbers = own.numbers if other is None else own.numbers.join(other.numbers[more])
    states = (own.states if other is None else own.states.join(other.states[more])).astype(object)
    gone = [code for code in set_aside(case)["indicator"] if code in numbers]
    states[gone] = states[gone].where(numbers[gone].notna(), "not_applicable")
    return Cells(numbers, states, own.groups)


def _shift(code: str, rows: pd.DataFrame, least: int) -> dict[str, object]:
    both = rows["estimate"].dropna()
    enough, shown = len(both) >= least, len(both) >= LEAST
    return {
        "measure": "shift",
        "subject": code,
        "estimate": float(both.median()) if enough else None,
        "low": float(both.min()) if shown else None,
        "high": float(both.max()) if shown else None,
        "n": len(both),
        "coverage": len(both) / len(rows),
        "unit": "points",
        "reason": None if enough else "synthesis.reasons.few_to_show" if len(both) else UNSCORED,
        "moved": int((both.abs() > POINTS).sum()),
        "only_first": int((rows["first"].notna() & rows["second"].isna()).sum()),
        "only_second": int((rows["second"].notna() & rows["first"].isna()).sum()),
    }


def _differences(rows: pd.DataFrame, tree: IndicatorTree, other: IndicatorTree) -> pd.DataFrame:
    """Scales as their numbers, another kind of scale in a row of its own; what differs as a key of the catalogue."""
    told = []
    for row in rows.to_dict("records"):
        if row["what"] == "scale":
            scales = [version.node(row["node"]).scale for version in (tree, other)]
            kinds = [None if scale is None else f"indicators.audit.values.method.{scale.method}" for scale in scales]
            if kinds[0] != kinds[1]:
                told.append({**row, "what": "scale_method", "first": kinds[0], "second": kinds[1]})
            row |= {name: _ends(scale) for name, scale in zip(("first", "second"), scales, strict=True)}
        told.append(row)
    table = pd.DataFrame(told, columns=["node", "what", "first", "second"])
    return table.assign(what="indicators.audit.values.what." + table["what"])


def _ends(scale: Scale | None) -> str | None:
    if scale is None:
        return None
    ends = (scale.minimum, scale.low, scale.high, scale.maximum)
    return " – ".join(f"{end:g}" for end in ends if end is not None)


def _no_version(reason: str) -> Result:
    empty = pd.DataFrame(columns=["measure", "subject", "estimate"])
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 7, pp. 34-35"
    return Result("comparison of frameworks", reference, empty, not_estimable=NotEstimable(reason))
