"""Sentences on the portrait and on what has been collected."""

from __future__ import annotations

from vises_methods.catalogue import text
from vises_methods.results import Result

STAKEHOLDER_COLUMNS = {
    "label": "label",
    "position": "position",
    "influence": "influence",
    "expectations": "expectations",
}
COMPLETENESS_COLUMNS = {"subject": "table", "n": "rows"}
REASON_ORDER = ("not_collected", "refused", "suppressed", "not_applicable")


def stakeholders(result: Result, lang: str) -> list[str]:
    """Say how many stakeholders there are, and how many were heard."""
    people = result.details["stakeholders"]
    heard = int((people["heard"] > 0).sum())
    return [text("words.stakeholders", lang, count=len(people), heard=heard)]


def theory_of_change(result: Result, lang: str) -> list[str]:
    """Say how sure the authors of the theory are of it, and what of it is watched."""
    nodes, links = result.details["nodes"], result.details["links"]
    said = [
        text("words.theory", lang, nodes=len(nodes), links=len(links), sure=int((links["confidence"] == "high").sum()))
    ]
    blind = [result.label(node, lang) for node in nodes.loc[~nodes["watched"], "node"]]
    if blind:
        said.append(text("words.theory_unwatched", lang, nodes=text("words.separator", lang).join(blind)))
    doubtful = links[links["confidence"].isin(["low", "unsaid"])]
    for link in doubtful.to_dict("records"):
        assumption = result.label(f"{link['origin']}>{link['to']}", lang)
        if not assumption.startswith(f"{link['origin']}>"):
            names = {end: result.label(link[end], lang) for end in ("origin", "to")}
            said.append(text("words.theory_doubt", lang, assumption=assumption, **names))
    return said


def completeness(result: Result, lang: str) -> list[str]:
    """Say what is there and what is not there yet."""
    rows = result.estimates
    absent = [text(f"language.values.{name}", lang) for name in rows.loc[rows["n"] == 0, "subject"]]
    if not absent:
        return [text("words.complete", lang)]
    return [text("words.incomplete", lang, tables=absent)]


def missing_values(result: Result, lang: str) -> list[str]:
    """Say for the latest year how many values are missing for which reason."""
    latest = result.estimates.to_dict("records")[-1]
    reasons = result.details["reasons"].to_dict("index")[str(latest["subject"])]
    counted = [
        text("words.missing_reason", lang, count=int(reasons[reason]), reason=text(f"language.values.{reason}", lang))
        for reason in REASON_ORDER
        if reasons[reason] > 0
    ]
    said = text(
        "words.missing", lang, year=str(latest["subject"]), n=int(latest["n"]), reported=int(reasons["reported"])
    )
    return [said, text("words.missing_reasons", lang, reasons=counted)] if counted else [said]
