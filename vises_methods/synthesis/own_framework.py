"""The part of the framework that applies to one enterprise: its own indicators, years, targets and weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.catalogue import yaml_content
from vises_methods.indicators import Cells, IndicatorTree
from vises_methods.study import Enterprise


def enterprise_tree(case: Enterprise, /) -> IndicatorTree:
    """Return the tree of indicators of an enterprise: the study's framework, less what it left out, with its own.

    Parameters
    ----------
    case : Enterprise

    Returns
    -------
    IndicatorTree
        What ``framework.yml`` says does not apply here is not in it; :func:`set_aside` tells what and why. Indicators
        of other groups stay: the state of their cells says that they do not apply.

    Raises
    ------
    InvalidStudyError
        With every fault of the two files together.
    """
    content = yaml_content(case.framework_nodes.read_text(encoding="utf-8"))
    part = case.framework
    if part is not None:
        gone = {entry["indicator"] for entry in part["not_applicable"]}
        nodes = [node for node in content["nodes"] if _kept(node, part["applies"]) and node["id"] not in gone]
        content["nodes"] = [*nodes, *part["own"]]
    content = _without_empty_headings(content)
    content["weights"] = {"sets": _weight_sets(content, part)}
    return IndicatorTree.from_content(content, f"enterprises/{case.id}/framework.yml")


def cells_by_year(case: Enterprise, tree: IndicatorTree, /) -> dict[int, Cells]:
    """Return the enterprise's values with their states, one table per year, years in order.

    What belongs to another group is ``not_applicable``; what has no row is ``not_collected``. Rows of a breakdown are
    left aside.
    """
    whole = case.indicators
    whole = whole[whole["breakdown"].isna() & whole["indicator"].isin(tree.indicators)].assign(unit=case.id)
    groups = pd.Series({case.id: case.card.group})
    exempt = _exempt(case, tree)
    years = sorted({int(year) for year in whole["year"]})
    return {year: _complete(Cells.from_long(whole, year=year, groups=groups), tree, exempt) for year in years}


def latest_year(years: Mapping[int, Cells], /, *, wanted: str | int = "latest") -> int | None:
    """Return the year to read: the one wanted, or the latest with at least one value; None where there is none."""
    with_values = [year for year, cells in years.items() if cells.numbers.notna().to_numpy().any()]
    if wanted == "latest":
        return max(with_values, default=None)
    return int(wanted) if int(wanted) in with_values else None


def own_targets(case: Enterprise, /, *, year: int) -> pd.Series[float]:
    """Return the enterprise's own target per indicator: the nearest one set for ``year`` or later, else the last."""
    targets = pd.DataFrame((case.framework or {}).get("targets") or [], columns=["indicator", "year", "value"])
    ahead = targets.assign(passed=targets["year"] < year, distance=(targets["year"] - year).abs())
    ordered = ahead.sort_values(["passed", "distance"], kind="stable").drop_duplicates("indicator")
    return ordered.set_index("indicator")["value"].astype(float).sort_index()


def own_baseline(case: Enterprise, years: Mapping[int, Cells], /) -> pd.Series[float] | None:
    """Return the values of the enterprise's own starting year: the one it named, else its first; None without data."""
    if not years:
        return None
    named: int | None = (case.framework or {}).get("baseline_year")
    first = years[named] if named is not None and named in years else years[min(years)]
    return pd.Series(first.numbers.loc[case.id]).dropna().astype(float)


def set_aside(case: Enterprise, /) -> pd.DataFrame:
    """Return the indicators that the enterprise set aside as not applicable, each with its reason per language."""
    entries = (case.framework or {}).get("not_applicable") or []
    rows = [{"indicator": entry["indicator"], **entry["reason"]} for entry in entries]
    return pd.DataFrame(rows, columns=["indicator", "fr", "nl", "en"])


def own_weights(case: Enterprise, /) -> dict[str, dict[str, float]]:
    """Return the weights that each stakeholder group of the enterprise gave, by the set's identifier."""
    return {entry["id"]: dict(entry["values"]) for entry in (case.framework or {}).get("weights") or []}


def weight_labels(case: Enterprise, /) -> dict[str, Mapping[str, str]]:
    """Return what each set of weights is called, by language."""
    return {entry["id"]: entry["label"] or {} for entry in (case.framework or {}).get("weights") or []}


def _exempt(case: Enterprise, tree: IndicatorTree) -> set[str]:
    group = case.card.group
    return {code for code in tree.indicators if (of := tree.node(code).groups) is not None and group not in of}


def _complete(cells: Cells, tree: IndicatorTree, exempt: set[str]) -> Cells:
    numbers = cells.numbers.reindex(columns=list(tree.indicators))
    states = cells.states.reindex(columns=list(tree.indicators), fill_value="not_collected")
    silent = numbers.isna().to_numpy() & numbers.columns.isin(list(exempt))
    told = np.where(silent, "not_applicable", states.to_numpy(dtype=object))
    states = pd.DataFrame(told, index=numbers.index, columns=numbers.columns, dtype=object)
    return Cells(numbers, states, cells.groups)


def _kept(node: Mapping[str, Any], applies: str | list[str]) -> bool:
    return applies == "all" or "direction" not in node or node["id"] in applies


def _weight_sets(content: Mapping[str, Any], part: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the framework's and the enterprise's sets of weights, for what is left in the tree."""
    codes = {node["id"] for node in content["nodes"]}
    given = [*((content.get("weights") or {}).get("sets") or []), *((part or {}).get("weights") or [])]
    return [{"id": s["id"], "values": {c: v for c, v in s["values"].items() if c in codes}} for s in given]


def _without_empty_headings(content: dict[str, Any]) -> dict[str, Any]:
    """Leave out the criteria and dimensions under which no indicator is left."""
    nodes = content["nodes"]
    while True:
        parents = {node.get("parent") for node in nodes}
        kept = [node for node in nodes if node.get("direction") or node["id"] in parents]
        if len(kept) == len(nodes):
            return {**content, "nodes": kept}
        nodes = kept
