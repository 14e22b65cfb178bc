"""Sentences on surveys: the design, who left, likeness at the start, and what may be said of each outcome."""

from __future__ import annotations

from vises_methods.catalogue import text
from vises_methods.language.remarks import sentence
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
OUTCOME_FORMATS = {"estimate": "+.2f", "low": "+.2f", "high": "+.2f", "df": ".1f", "p": ".3f", "p_adjusted": ".3f"}


def design(result: Result, lang: str) -> list[str]:
    """Say which design the data have and how strong a statement it can carry at most."""
    row = result.details["design"].to_dict("records")[0]
    grade = int(row["grade"])
    kind = text(f"outcomes.designs.names.{row['kind']}", lang)
    return [text("words.design", lang, kind=kind, grade=grade, label=text(f"outcomes.grades.label.{grade}", lang))]


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
