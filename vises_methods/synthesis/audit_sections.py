"""Sections of the framework's audit that rest on more than its scores: its own shape, and the published uncertainty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from vises_methods.indicators import IndicatorTree
from vises_methods.indicators.tree_faults import RULES
from vises_methods.results import NotEstimable, Result, fingerprint
from vises_methods.study import Study, open_enterprise
from vises_methods.synthesis.indicator_audit import NOTEBOOK
from vises_methods.synthesis.published import published

LANGUAGES = frozenset({"fr", "nl", "en"})
UNCERTAINTY = (
    "Saisana, Saltelli and Tarantola (2005), Journal of the Royal Statistical Society A 168, 307-323; Saltelli and "
    "others (2010), Computer Physics Communications 181, 259-270"
)


def framework_soundness(study: Study, tree: IndicatorTree, /) -> Result:
    """Tell what the validation of a framework found, and what it lets pass but a reader should know.

    A framework with a fault cannot be read at all: :meth:`IndicatorTree.from_yaml` refuses it with every fault at once.
    What is counted here beside is no fault, but weakens a score.

    Parameters
    ----------
    study : Study
    tree : IndicatorTree
        The study's framework.

    Returns
    -------
    Result
        First ``faults``, of the number of rules ``n``; then the nodes to which each remark applies (``subject``), out
        of ``n``, with the first of them in ``concerns``: ``single_child`` (a heading of one scored element, which has
        all its weight), ``nothing_scored``, ``no_scale``, ``no_unit``, ``label_missing`` (in French, Dutch or English).
        Then, over the enterprises, how many set indicators aside (``set_aside``) and how many have own ones (``own``),
        which this audit leaves out.
    """
    headings = [code for code in tree.codes if tree.node(code).level > 1]
    scored = set(tree.scored_indicators)
    under = {code: [leaf for leaf in tree.descendants(code) if leaf in scored] for code in headings}
    live = {code: [child for child in tree.children(code) if child in scored or under.get(child)] for code in headings}
    leaves = [tree.node(code) for code in tree.indicators]
    remarks: dict[str, tuple[Sequence[object], list[str]]] = {
        "single_child": (headings, [code for code in headings if len(live[code]) == 1]),
        "nothing_scored": (headings, [code for code in headings if not live[code]]),
        "no_scale": (leaves, [node.code for node in leaves if node.code in scored and node.scale is None]),
        "no_unit": (leaves, [node.code for node in leaves if node.unit is None]),
        "label_missing": (tree.nodes, [node.code for node in tree.nodes if not set(node.label) >= LANGUAGES]),
    }
    rows = [{"subject": "faults", "estimate": 0.0, "n": len(RULES), "concerns": ""}]
    rows += [
        {"subject": name, "estimate": float(len(found)), "n": len(of), "concerns": "~".join(found[:5])}
        for name, (of, found) in remarks.items()
    ]
    return Result(
        method="soundness of the framework",
        reference="OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 1, pp. 22-23",
        estimates=pd.DataFrame([*rows, *_of_enterprises(study)]).assign(measure="count", coverage=1.0, unit="nodes"),
        inputs={"tree": fingerprint(tree.to_frame())},
    ).labelled(tree.labels())


def uncertainty_by_dimension(study: Study, methodology: str, tree: IndicatorTree, /) -> Result:
    """Sum up, dimension by dimension, the uncertainty that the notebooks of the enterprises published.

    Returns
    -------
    Result
        One row ``width`` per dimension: ``estimate`` the median width of the enterprises' intervals, ``largest`` the
        widest, ``n`` the enterprises. ``details["drivers"]``: per dimension and choice (``factor``) the mean over
        enterprises of what it causes alone (``first``) and with others (``total``), and for how many it matters most
        (``leads``). Nothing is computed again.

    References
    ----------
    Saisana, Saltelli and Tarantola (2005), Journal of the Royal Statistical Society A 168, 307-323; Saltelli and others
    (2010), Computer Physics Communications 181, 259-270.
    """
    found = {
        card.id: published(study, methodology, card.id, NOTEBOOK, lang=card.languages[0], only=("uncertainty",))
        for card in study.enterprises
    }
    runs = {name: results["uncertainty"] for name, results in found.items() if "uncertainty" in results}
    made = {name: run for name, run in runs.items() if run.not_estimable is None}
    if not made:
        empty = pd.DataFrame(columns=["measure", "subject", "estimate"])
        nothing = NotEstimable("synthesis.reasons.nothing_published")
        return Result("uncertainty by dimension", UNCERTAINTY, empty, not_estimable=nothing)
    scores = pd.concat([run.estimates for run in made.values()], ignore_index=True)
    width = (scores["high"] - scores["low"]).round(9)
    drivers = pd.concat(
        [run.details["drivers"].assign(enterprise=name) for name, run in made.items()], ignore_index=True
    )
    rows = [_width(code, width[scores["measure"] == code].dropna()) for code in tree.roots]
    return Result(
        method="uncertainty by dimension",
        reference=UNCERTAINTY,
        estimates=pd.DataFrame(rows),
        details={"drivers": _drivers(drivers, tree)},
        inputs={"intervals": fingerprint(scores[["measure", "subject", "low", "high"]])},
    ).labelled(tree.labels())


def _of_enterprises(study: Study) -> list[dict[str, object]]:
    parts = [open_enterprise(study, card.id).framework or {} for card in study.enterprises]
    counts = {
        "set_aside": sum(bool(part.get("not_applicable")) for part in parts),
        "own": sum(bool(part.get("own")) for part in parts),
    }
    return [
        {"subject": name, "estimate": float(count), "n": len(parts), "concerns": ""} for name, count in counts.items()
    ]


def _width(code: str, widths: pd.Series[float]) -> dict[str, object]:
    known = len(widths) > 0
    return {
        "measure": "width",
        "subject": code,
        "estimate": float(widths.median()) if known else None,
        "largest": float(widths.max()) if known else None,
        "n": len(widths),
        "coverage": 1.0,
        "unit": "points",
        "reason": None if known else "indicators.reasons.nothing_reported",
    }


def _drivers(rows: pd.DataFrame, tree: IndicatorTree) -> pd.DataFrame:
    known = rows.dropna(subset="total")
    largest = known.loc[known.groupby(["dimension", "enterprise"], sort=False)["total"].idxmax()]
    leads = Counter(zip(largest["dimension"], largest["factor"], strict=True))
    mean = known.groupby(["dimension", "factor"], sort=True).agg(
        first=("first", "mean"), total=("total", "mean"), n=("total", "size")
    )
    table = mean.reset_index()
    table["leads"] = [leads[key] for key in zip(table["dimension"], table["factor"], strict=True)]
    order = {code: place for place, code in enumerate(tree.roots)}
    table = table.assign(place=table["dimension"].map(order)).sort_values(
        ["place", "total"], ascending=[True, False], kind="stable"
    )
    table["factor"] = "indicators.audit.values.factor." + table["factor"]
    return table.drop(columns="place").dropna(subset="dimension").reset_index(drop=True)
