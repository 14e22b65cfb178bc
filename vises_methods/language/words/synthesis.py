"""Sentences on the synthesis per question, the portfolio, and the comparison of methodologies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vises_methods.catalogue import text
from vises_methods.results import Result

CHOICE_COLUMNS = {"choice": "choice", "first": "first_methodology", "second": "second_methodology"}
CHOICE_FORMATS = dict.fromkeys(CHOICE_COLUMNS, "code")
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


def pooled(result: Result, lang: str) -> list[str]:
    """Say per stratum what a similar new enterprise might see, then the mean, and how varied they are."""
    said = []
    for stratum, rows in result.estimates.groupby("subject", sort=True):
        known = rows.set_index("measure").to_dict("index")
        grade = int(rows["grade"].iloc[0])
        head = {
            "grade": grade,
            "label": text(f"outcomes.grades.label.{grade}", lang),
            "claim": text(f"words.pooled.{str(stratum).split(':')[1]}", lang),
            "count": int((result.details["enterprises"]["stratum"] == stratum).sum()),
        }
        if "prediction" not in known:
            said.append(text("words.pooled.few", lang, **head))
            continue
        parts = [text("words.pooled.prediction", lang, **head, **_ends(known["prediction"]))]
        parts.append(text("words.pooled.mean", lang, **_ends(known["mean"])))
        parts.append(text("words.pooled.varied", lang, **_ends(known["I2"]), p=known["Q"]["p"]))
        parts += _without(result, str(stratum), lang)
        if pd.notna(known["mean_several"]["low"]):
            parts.append(text("words.pooled.several", lang, **_ends(known["mean_several"])))
        for name in ("group", "region"):
            row = known[f"moderator_{name}"]
            tested = pd.notna(row.get("p"))
            parts.append(text(f"words.pooled.moderator_{name}" + ("" if tested else "_few"), lang, p=row.get("p")))
        said.append(" ".join(parts))
    return said


def _ends(row: Mapping[Any, Any]) -> dict[str, float]:
    return {name: float(row[name]) for name in ("estimate", "low", "high")}


def _without(result: Result, stratum: str, lang: str) -> list[str]:
    table = result.details["leave_one_out"]
    rows = table[table["stratum"] == stratum] if len(table) else table
    if rows.empty:
        return []
    return [text("words.pooled.without", lang, least=rows["estimate"].min(), most=rows["estimate"].max())]


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
