"""Sentences on surveys: the design, who left, likeness at the start, and what may be said of each outcome."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vises_methods.catalogue import text
from vises_methods.language.remarks import sentence, unit_in_words
from vises_methods.results import Result
from vises_methods.synthesis import remarks_of

BOUND = 0.25
OUTCOME_COLUMNS = {
    "subject": "outcome",
    "estimate": "estimate",
    "low": "low",
    "high": "high",
    "unit": "unit",
    "n": "n",
    "df": "df",
    "p": "p",
    "p_adjusted": "p_adjusted",
    "grade": "grade",
}
CALIBRATION_COLUMNS = {
    "subject": "simulated",
    "estimate": "interval_holds",
    "low": "low",
    "high": "high",
    "size": "test_rejects",
    "n": "studies",
}
CALIBRATION_FORMATS = {"estimate": ".1%", "low": ".1%", "high": ".1%", "size": ".1%"}
OUTCOME_FORMATS = {"estimate": "+.2f", "low": "+.2f", "high": "+.2f", "df": ".1f", "p": ".3f", "p_adjusted": ".3f"}


def design(result: Result, lang: str) -> list[str]:
    """Say which design the data have and how strong a statement it can carry at most."""
    row = result.details["design"].to_dict("records")[0]
    grade = int(row["grade"])
    kind = text(f"outcomes.designs.names.{row['kind']}", lang)
    return [text("words.design", lang, kind=kind, grade=grade, label=text(f"outcomes.grades.label.{grade}", lang))]


def calibration(result: Result, lang: str) -> list[str]:
    """Say which intervals hold the truth less often than they say, over simulated studies."""
    rows = result.estimates.to_dict("records")
    said = [text("words.calibration.counted", lang, count=len(rows), studies=int(rows[0]["n"]))]
    for verdict in ("narrow", "wide"):
        found = [
            text("words.calibration.one", lang, name=text(row["subject"], lang), share=row["estimate"])
            for row in rows
            if row["verdict"] == verdict
        ]
        if found:
            named = text("words.separator", lang).join(found)
            said.append(text(f"words.calibration.{verdict}", lang, names=named))
    return said


def overturning(result: Result, lang: str) -> list[str]:
    """Say per outcome what would take its conclusion away, a sentence per check."""
    said = []
    for subject, rows in result.estimates.groupby("subject", sort=False):
        sentences = [_check(row, lang) for row in rows.to_dict("records")]
        said.append(f"**{result.label(str(subject), lang)}**. " + " ".join(sentences))
    return said


def _check(row: dict[Any, Any], lang: str) -> str:
    verdict = row.get("verdict")
    suffix = f".{verdict}" if isinstance(verdict, str) else ""
    values = {name: row.get(name) for name in ("estimate", "low", "high", "margin", "level", "n")}
    unit = unit_in_words(row["unit"], lang)
    return text(f"words.overturning.{row['measure']}{suffix}", lang, unit=f" {unit}" if unit else "", **values)


def rank_effects(result: Result, lang: str) -> list[str]:
    """Say per ordinal outcome what its order alone tells, the scale taken as no more than that."""
    said = []
    for row in result.estimates.dropna(subset=["estimate"]).to_dict("records"):
        values = {name: row.get(name) for name in ("estimate", "low", "high", "up", "down")}
        known = pd.notna(row["low"])
        key = f"words.ranks.{row['measure']}" + ("" if known else "_bare")
        moved = text("words.ranks.moved", lang, **values) if pd.notna(values["up"]) else ""
        said.append(f"**{result.label(row['subject'], lang)}**. {moved} {text(key, lang, **values)}".replace("  ", " "))
    return said


def series(result: Result, lang: str) -> list[str]:
    """Say of each series what may be said of its course since the event."""
    said = []
    for subject, rows in result.estimates.groupby("subject", sort=True):
        grade = int(rows["grade"].iloc[0])
        remarks = " ".join(sentence(remark, result, lang) for remark in remarks_of(result, str(subject)))
        label = text(f"outcomes.grades.label.{grade}", lang)
        values = {"outcome": result.label(str(subject), lang), "label": label, "grade": grade}
        said.append(text("words.outcome", lang, words=remarks, **values))
    return said


def specifications(result: Result, lang: str) -> list[str]:
    """Say how many of the defensible ways of comparing agree on the direction, and what all of them say together."""
    rows = result.estimates.dropna(subset=["estimate"])
    joint = result.details["joint"].set_index("measure")[["estimate", "p"]].astype(float).to_dict("index")["median"]
    values = {"count": len(rows), "up": int((rows["estimate"] > 0).sum()), "down": int((rows["estimate"] < 0).sum()),
              "least": rows["estimate"].min(), "most": rows["estimate"].max(),
              "median": joint["estimate"]}  # fmt: skip
    said = [text("words.specifications.spread", lang, **values)]
    if pd.notna(joint["p"]):
        said.append(text("words.specifications.joint", lang, p=joint["p"]))
    return said


def attrition(result: Result, lang: str) -> list[str]:
    """Say how many left, by arm, and whether those who left began elsewhere."""
    rows = result.estimates.dropna(subset=["estimate"])
    arms = rows[(rows["measure"] == "dropout") & (rows["subject"] != "all")]
    said = [
        text(
            "words.attrition.arm",
            lang,
            arm=text(f"language.values.{row['subject']}", lang),
            left=row["estimate"],
            low=row["low"],
            high=row["high"],
            n=int(row["n"]),
        )
        for row in arms.to_dict("records")
    ]
    for arm, people in result.details["leavers"].groupby("arm", sort=True):
        means = {bool(row["stayed"]): row["mean"] for row in people.to_dict("records")}
        if len(means) == 2:
            arm_name = text(f"language.values.{arm}", lang)
            said.append(text("words.attrition.leavers", lang, arm=arm_name, left=means[False], stayed=means[True]))
    return [words[0].upper() + words[1:] for words in said]


def balance(result: Result, lang: str) -> list[str]:
    """Say how many features differ by more than a quarter of a standard deviation at the start."""
    known = result.estimates.dropna(subset=["estimate"])
    rows = known[known["measure"] == "smd"].to_dict("records")
    if not rows:
        return [text("plots.balance.nothing", lang)]
    apart = [row for row in rows if abs(row["estimate"]) > BOUND]
    return [text("words.balance", lang, count=len(rows), apart=len(apart))]


def outcomes(result: Result, lang: str) -> list[str]:
    """Say of each outcome what its design allows, the primary ones first."""
    rows = sorted(result.estimates.to_dict("records"), key=lambda row: not row["primary"])
    said = []
    for row in rows:
        remarks = " ".join(sentence(remark, result, lang) for remark in remarks_of(result, row["subject"]))
        grade = text(f"outcomes.grades.label.{int(row['grade'])}", lang)
        values = {"outcome": result.label(row["subject"], lang), "label": grade, "grade": int(row["grade"])}
        said.append(text("words.outcome", lang, words=remarks, **values))
    return said
