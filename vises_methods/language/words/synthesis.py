"""Sentences on the synthesis per question, the portfolio, and the comparison of methodologies."""

from __future__ import annotations

import pandas as pd

from vises_methods.catalogue import text
from vises_methods.results import Result

CHOICE_COLUMNS = {"choice": "choice", "first": "first_methodology", "second": "second_methodology"}
EVIDENCE_COLUMNS = {
    "subject": "question",
    "measure": "approach",
    "stands": "stands",
    "estimate": "share",
    "n": "n",
    "grade": "grade",
}
CHANGED_COLUMNS = {
    "enterprise": "enterprise",
    "kind": "kind_of_conclusion",
    "item": "about",
    "reading_first": "first_methodology",
    "reading_second": "second_methodology",
}


def evidence_table(result: Result) -> pd.DataFrame:
    """Return the evidence with approach and standing named by keys of the catalogue, for a table in any language."""
    rows = result.estimates
    if rows.empty:
        return rows
    return rows.assign(
        measure="words.sources." + rows["measure"].astype(str), stands="words.stands." + rows["stands"].astype(str)
    )


def evidence(result: Result, lang: str) -> list[str]:
    """Say per question whether the approaches agree, and what would have counted against it."""
    said = []
    for row in result.details["questions"].to_dict("records"):
        verdict = text(f"words.verdicts.{row['verdict']}", lang)
        said.append(text("words.evidence", lang, question=result.label(row["question"], lang), verdict=verdict))
        against = result.label(f"{row['question']}:against", lang)
        said.append(text("words.evidence_against", lang, words=against))
    return said


def collected(result: Result, lang: str) -> list[str]:
    """Say how many enterprises have each kind of data."""
    rows = result.estimates
    count = rows["subject"].nunique()
    having = rows[rows["estimate"] > 0].groupby("measure")["subject"].nunique()
    parts = [
        text("words.portfolio.having", lang, table=text(f"language.values.{name}", lang), count=int(number))
        for name, number in having.items()
    ]
    return [text("words.portfolio.collected", lang, count=count, having=text("words.separator", lang).join(parts))]


def claims(result: Result, lang: str) -> list[str]:
    """Say how many outcomes reach a grade that allows more than a change to be told."""
    rows = result.estimates
    strong = int(rows.loc[rows["grade"] >= 3, "estimate"].sum())
    return [text("words.portfolio.claims", lang, count=int(rows["estimate"].sum()), strong=strong)]


def shift(result: Result, lang: str) -> list[str]:
    """Say per kind of conclusion how many of those that can be compared changed."""
    said = []
    for row in result.estimates.to_dict("records"):
        kind = text(f"words.kinds.{row['subject']}", lang)
        if row["estimate"] != row["estimate"]:
            said.append(text("words.shift.none", lang, kind=kind))
            continue
        values = {name: int(row[name]) for name in ("estimate", "n", "appeared", "vanished")}
        said.append(text("words.shift.changed", lang, kind=kind, **values))
    return said
