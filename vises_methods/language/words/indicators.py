"""Sentences on indicators: the profile, the scores with what is silent in them, and whose weights matter."""

from __future__ import annotations

from typing import Any

from vises_methods.catalogue import number, text
from vises_methods.language.words.enumeration import first_of
from vises_methods.results import Result

PROFILE_COLUMNS = {
    "subject": "indicator",
    "estimate": "value",
    "unit": "unit",
    "state": "state",
    "past": "past",
    "target": "target",
    "against_past": "against_past",
    "against_target": "against_target",
}
WHOLE_COLUMNS = {"subject": "weights", "estimate": "whole", "low": "worst", "high": "best", "coverage": "coverage"}
WHOLE_FORMATS = {"estimate": ".0f", "low": ".0f", "high": ".0f", "coverage": ".0%"}
READINGS = (("improved", "against_past"), ("declined", "against_past"), ("target_missed", "against_target"))
SILENT = ("not_collected", "refused", "suppressed")
NAMED = 5


def profile(result: Result, lang: str) -> list[str]:
    """Say which indicators moved the right way, which the wrong way, and which targets were missed."""
    rows = result.estimates.to_dict("records")
    said = []
    for word, column in (
        ("improved", "against_past"),
        ("declined", "against_past"),
        ("target_missed", "against_target"),
    ):
        found = [result.label(row["subject"], lang) for row in rows if _ends(row, column, word)]
        if found:
            said.append(text(f"words.profile.{word}", lang, count=len(found), names=first_of(found, lang, most=NAMED)))
    silent = [
        result.label(row["subject"], lang) for row in rows if row["state"] in ("not_collected", "refused", "suppressed")
    ]
    if silent:
        said.append(text("words.profile.silent", lang, count=len(silent), names=first_of(silent, lang, most=NAMED)))
    return said


def scores(result: Result, lang: str) -> list[str]:
    """Say of each dimension its score, how much of it is reported, and how far silence could move it."""
    said = []
    for row in sorted(_dimensions(result), key=lambda row: str(row["measure"])):
        name = result.label(row["measure"], lang)
        if row["estimate"] != row["estimate"]:
            said.append(text("words.scores.none", lang, name=name, reason=text(row["reason"], lang)))
            continue
        key = "words.scores.silent" if row["high"] - row["low"] > 0.5 else "words.scores.full"
        values = {"score": row["estimate"], "low": row["low"], "high": row["high"], "coverage": row["coverage"]}
        said.append(text(key, lang, name=name, **values))
    return said


def weights(result: Result, lang: str) -> list[str]:
    """Say where the groups weigh most differently, and by how much the whole depends on it."""
    shares = result.details["weights"]
    wholes = [row["estimate"] for row in result.estimates.to_dict("records") if row["estimate"] == row["estimate"]]
    if shares.shape[1] < 2 or not wholes:
        return [text("words.weights.one", lang)]
    spread = shares.max(axis=1) - shares.min(axis=1)
    dimension = str(spread.idxmax())
    given = shares.loc[[dimension]].to_numpy()
    ends = {"low": number(given.min(), lang, ".0%"), "high": number(given.max(), lang, ".0%")}
    values = {"least": min(wholes), "most": max(wholes)}
    return [
        text("words.weights.differ", lang, dimension=result.label(dimension, lang), **ends),
        text("words.weights.whole", lang, **values),
    ]


def _dimensions(result: Result) -> list[dict[Any, Any]]:
    tree = result.details["tree"]
    top = set(tree.loc[tree["parent"].isna(), "code"])
    return [row for row in result.estimates.to_dict("records") if row["measure"] in top]


def _ends(row: dict[Any, Any], column: str, word: str) -> bool:
    return isinstance(row[column], str) and row[column].endswith(word)
