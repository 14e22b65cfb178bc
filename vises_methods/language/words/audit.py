"""Sentences on the audit of a framework: one paragraph per check, with its verdicts and what to do."""

from __future__ import annotations

from typing import Any

from vises_methods.catalogue import number, text
from vises_methods.results import Result

STRUCTURE_COLUMNS = {
    "subject": "dimension",
    "criteria": "criteria",
    "indicators": "indicators",
    "neutral": "neutral",
    "estimate": "reported",
    "n": "enterprises",
}
STRUCTURE_FORMATS = {"estimate": ".0%"}
IMPORTANCE_COLUMNS = {
    "heading": "heading",
    "subject": "element",
    "intended": "intended",
    "exerted": "exerted",
    "n": "enterprises",
    "reason": "reason",
}
IMPORTANCE_FORMATS = {"intended": ".0%", "exerted": ".0%"}
REMOVAL_COLUMNS = {
    "dimension": "dimension",
    "subject": "indicator",
    "mean_change": "mean_change",
    "estimate": "places",
    "n": "enterprises",
}
REMOVAL_FORMATS = {"mean_change": "+.1f", "estimate": ".1f"}


def framework(result: Result, lang: str) -> list[str]:
    """Write the audit out: per check the question, each verdict with its figure and what it concerns, the advice."""
    rows = result.estimates
    said = []
    for check in dict.fromkeys(rows["measure"]):
        key = f"indicators.audit.checks.{check}"
        found = [_verdict(row, result, lang) for row in rows[rows["measure"] == check].to_dict("records")]
        said.append(f"**{text(f'{key}.question', lang)}**")
        said.append("\n".join(f"- {words}" for words in found))
        said.append(text("words.framework.advice", lang, advice=text(f"{key}.advice", lang)))
    return said


def _verdict(row: dict[Any, Any], result: Result, lang: str) -> str:
    name, verdict = result.label(row["subject"], lang), text(f"words.framework.verdicts.{row['verdict']}", lang)
    if row["estimate"] != row["estimate"]:
        return text("words.framework.nothing", lang, name=name, verdict=verdict)
    figure = {"figure": number(row["estimate"], lang, ".2f"), "limit": number(row["limit"], lang, ".2f")}
    concerns = [_pair(code, result, lang) for code in row["concerns"].split(", ") if code and code != row["subject"]]
    values = {"name": name, "verdict": verdict, "n": int(row["n"]), **figure}
    if not concerns:
        return text("words.framework.figure", lang, **values)
    shown = text("words.separator", lang).join(concerns)
    return text("words.framework.concerns", lang, concerns=shown, **values)


def _pair(code: str, result: Result, lang: str) -> str:
    return " ~ ".join(result.label(part, lang) for part in code.split("~"))
