"""The portrait of an enterprise: who has a stake, and how it believes that it changes something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

KINDS = ("need", "input", "activity", "practice", "output", "outcome", "impact")


def stakeholder_map(stakeholders: pd.DataFrame, documents: pd.DataFrame, /) -> Result:
    """Place the stakeholder groups by influence and concern, and count how often each was heard.

    To be read before any finding: a group with much at stake that was never heard is a gap of the evaluation, whatever
    the others said.

    Parameters
    ----------
    stakeholders : DataFrame
        Columns ``stakeholder, group, label, position, influence, concern`` (1 to 5).
    documents : DataFrame
        Column ``stakeholder_group``: one row per interview, focus group or document.

    Returns
    -------
    Result
        Two rows per stakeholder, measures ``influence`` and ``concern`` (unit ``1-5``), n the documents in which its
        group was heard; ``details["stakeholders"]`` has one row per stakeholder. Not estimable without stakeholders.

    References
    ----------
    Mitchell, R. K., Agle, B. R., & Wood, D. J. (1997). Toward a theory of stakeholder identification and salience.
    Academy of Management Review 22(4), p. 872; with concern in place of urgency, as coaches use it.

    Examples
    --------
    >>> stakeholders = pd.DataFrame(
    ...     {"stakeholder": ["st-team"], "group": ["staff"], "label": ["Team"], "position": ["internal"],
    ...      "influence": [4], "concern": [5]})
    >>> result = stakeholder_map(stakeholders, pd.DataFrame({"stakeholder_group": ["staff", "staff"]}))
    >>> result.details["stakeholders"]["heard"].tolist()
    [2]
    """
    heard = documents["stakeholder_group"].value_counts()
    table = stakeholders[["stakeholder", "group", "label", "position", "influence", "concern"]].copy()
    table["heard"] = table["group"].map(heard).fillna(0).astype(int)
    rows = table.melt(
        id_vars=["stakeholder", "heard"], value_vars=["influence", "concern"], var_name="measure", value_name="estimate"
    )
    estimates = pd.DataFrame(
        {
            "measure": rows["measure"],
            "subject": rows["stakeholder"],
            "estimate": rows["estimate"].astype(float),
            "n": rows["heard"],
            "unit": "1-5",
            "reason": rows["estimate"].isna().map({True: "synthesis.reasons.not_asked", False: None}),
        }
    )
    silent = table.loc[table["heard"] == 0, "label"].tolist()
    return Result(
        method="Stakeholder map",
        reference="Mitchell, Agle & Wood (1997), Academy of Management Review 22(4), p. 872",
        estimates=estimates,
        details={"stakeholders": table},
        notices=(Notice("synthesis.notices.never_heard", {"groups": silent}),) if silent else (),
        not_estimable=NotEstimable("synthesis.reasons.no_stakeholders") if table.empty else None,
        inputs={"stakeholders": fingerprint(stakeholders), "documents": fingerprint(documents[["stakeholder_group"]])},
    )


def theory_of_change(theory: Mapping[str, Any] | None, /) -> Result:
    """Lay out a theory of change and count what it leaves to belief.

    Parameters
    ----------
    theory : mapping or None
        ``nodes`` (each ``id, kind, label, codes, indicators``; the kinds are need, input, activity, practice, output,
        outcome, impact) and ``edges`` (``from, to, assumption, confidence``); None where there is none yet.

    Returns
    -------
    Result
        Counts per confidence (measure ``links``, subject ``high``, ``medium``, ``low``, ``unsaid``), and the share of
        nodes that an indicator, a code or a stakeholder speaks to (measure ``watched``); ``details["nodes"]`` with the
        ``layer`` of each node and ``details["links"]``. Not estimable without a theory.

    Raises
    ------
    InputError
        When the arrows run in a circle.

    References
    ----------
    Weiss, C. H. (1995). Nothing as practical as good theory. In Connell et al., New Approaches to Evaluating Community
    Initiatives, pp. 65-92.
    """
    if theory is None or not theory["nodes"]:
        return _theory_result(pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), absent=True)
    nodes = pd.DataFrame(
        [(node["id"], node["kind"], bool(node["indicators"] or node["codes"])) for node in theory["nodes"]],
        columns=["node", "kind", "watched"],
    )
    links = pd.DataFrame(
        [(edge["from"], edge["to"], edge["confidence"] or "unsaid") for edge in theory["edges"]],
        columns=["origin", "to", "confidence"],
    )
    _require_no_circle(links)
    nodes["linked"] = nodes["node"].isin(links["origin"]) | nodes["node"].isin(links["to"])
    found = Counter(links["confidence"])
    counts = [
        {"measure": "links", "subject": confidence, "estimate": float(found[confidence]), "n": len(links)}
        for confidence in ("high", "medium", "low", "unsaid")
    ]
    watched = {"measure": "watched", "subject": "nodes", "estimate": float(nodes["watched"].mean()), "n": len(nodes)}
    labels = {node["id"]: node["label"] for node in theory["nodes"]}
    assumptions = {f"{edge['from']}>{edge['to']}": edge["assumption"] or {} for edge in theory["edges"]}
    return _theory_result(pd.DataFrame([*counts, watched]), nodes, links).labelled(labels | assumptions)


def _theory_result(estimates: pd.DataFrame, nodes: pd.DataFrame, links: pd.DataFrame, absent: bool = False) -> Result:
    alone = [] if absent else nodes.loc[~nodes["linked"], "node"].tolist()
    return Result(
        method="Theory of change",
        reference="Weiss (1995), Nothing as practical as good theory, pp. 65-92",
        estimates=pd.DataFrame({"measure": [], "subject": [], "estimate": []}) if absent else estimates,
        details={"nodes": nodes, "links": links},
        notices=(Notice("synthesis.notices.alone", {"count": len(alone)}),) if alone else (),
        not_estimable=NotEstimable("synthesis.reasons.no_theory") if absent else None,
        inputs={"nodes": fingerprint(nodes), "links": fingerprint(links)},
    )


def _require_no_circle(links: pd.DataFrame) -> None:
    graph: dict[str, set[str]] = {}
    for origin, to in zip(links["origin"], links["to"], strict=True):
        graph.setdefault(to, set()).add(origin)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise InputError("synthesis.errors.circle", "theory_of_change(theory)", circle=circle) from None
