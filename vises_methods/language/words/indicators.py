"""Sentences on indicators: the profile, the scores with what is silent in them, and whose weights matter."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vises_methods.catalogue import has_text, number, text
from vises_methods.language.words.enumeration import first_of
from vises_methods.results import Result

PROFILE_COLUMNS = {
    "subject": "indicator",
    "estimate": "value",
    "unit": "unit",
    "state": "state",
    "past": "past",
    "past_year": "past_year",
    "target": "target",
    "against_past": "against_past",
    "against_target": "against_target",
}
CHANGE_SOURCES = ("total", "values", "coverage", "weights", "membership")
CHANGE = {
    "caption": "change",
    "columns": {
        "node": "dimension",
        "first": "first_score",
        "last": "last_score",
        "total": "change_total",
        "values": "by_values",
        "coverage": "by_coverage",
        "weights": "by_weights",
        "membership": "by_membership",
        "reason": "reason",
    },
    "formats": {"first": ".0f", "last": ".0f"} | dict.fromkeys(CHANGE_SOURCES, "+.1f"),
}
TRIAL = {
    "caption": "trial",
    "columns": {"subject": "heading", "before": "score_now", "after": "score_then", "estimate": "change_total"},
    "formats": {"before": ".1f", "after": ".1f", "estimate": "+.1f"},
}
PRICES = {
    "caption": "prices",
    "columns": {
        "subject": "indicator",
        "value": "value",
        "unit": "unit",
        "estimate": "price",
        "dimension": "dimension",
        "without": "score_without",
        "shift": "shift",
        "reason": "reason",
    },
    "formats": {"without": ".0f", "shift": "+.1f"},
}
LEANS = 5.0
WHOLE_COLUMNS = {"subject": "weights", "estimate": "whole", "low": "worst", "high": "best", "coverage": "coverage"}
WHOLE_FORMATS = {"estimate": ".0f", "low": ".0f", "high": ".0f", "coverage": ".0%"}
READINGS = (("improved", "against_past"), ("declined", "against_past"), ("target_missed", "against_target"))
SILENT = ("not_collected", "refused", "suppressed")
NAMED = 5
STEADY = 10.0
"""An interval up to this wide, of 100 points, is told as steady."""


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
    ranged = [row for row in rows if row.get("group_n") is not None and row["group_n"] == row["group_n"]]
    if not ranged:
        return [*said, text("words.profile.no_range", lang)]
    beyond = [result.label(row["subject"], lang) for row in ranged if _beyond(row)]
    names = first_of(beyond, lang, most=NAMED) if beyond else ""
    key = "words.profile.beyond" if beyond else "words.profile.within"
    return [*said, text(key, lang, count=len(ranged), beyond=len(beyond), names=names)]


def scores(result: Result, lang: str) -> list[str]:
    """Say of each dimension its score, how much of it is reported, and how far silence could move it."""
    said = []
    for row in sorted(_dimensions(result), key=lambda row: str(row["measure"])):
        name = result.label(row["measure"], lang)
        if row["estimate"] != row["estimate"]:
            said.append(text("words.scores.none", lang, name=name, reason=_within(row["reason"], lang)))
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


def uncertainty(result: Result, lang: str) -> list[str]:
    """Say of each dimension between what its score lies under other choices, and which choice matters most."""
    drivers, said = result.details["drivers"], []
    for row in sorted(_dimensions(result), key=lambda row: str(row["measure"])):
        name = result.label(row["measure"], lang)
        if row["estimate"] != row["estimate"]:
            said.append(text("words.uncertainty.none", lang, name=name, reason=_within(row["reason"], lang)))
            continue
        values = {"score": row["estimate"], "low": row["low"], "high": row["high"]}
        lost = int(result.options["draws"] - row["n"])
        key = "steady" if row["high"] - row["low"] <= STEADY else "moves"
        said.append(text(f"words.uncertainty.{key}", lang, name=name, **values) + _driver(row, drivers, lang))
        if row["estimate"] < row["low"] or row["estimate"] > row["high"]:
            said.append(text("words.uncertainty.outside", lang, name=name))
        if lost:
            said.append(text("words.uncertainty.lost", lang, name=name, share=lost / result.options["draws"]))
    return said


def whose_weights(result: Result, lang: str) -> list[str]:
    """Say how much of what could move the whole hangs on whose weights are used, and whether anything counts more."""
    table = result.estimates.pivot(index="subject", columns="measure", values="estimate").clip(0, 1)
    own, others = table.loc["weights"], table["total"].drop("weights")
    said = text("words.whose_weights.share", lang, first=own["first"], total=own["total"])
    if others.max() <= own["total"]:
        return [f"{said} {text('words.whose_weights.most', lang)}"]
    factor = text(f"indicators.audit.values.factor.{others.idxmax()}", lang)
    return [f"{said} {text('words.whose_weights.more', lang, factor=factor, share=others.max())}"]


def change(result: Result, lang: str) -> list[str]:
    """Say of each dimension how far it moved since the first year, because of values and because of coverage."""
    tree, said = result.details["tree"], []
    for code in tree.loc[tree["parent"].isna(), "code"]:
        rows = result.estimates[result.estimates["node"] == code].set_index("measure")
        if rows.empty:
            continue
        name, total = result.label(code, lang), rows.loc["total"]
        if total["estimate"] != total["estimate"]:
            said.append(text("words.change.none", lang, name=name, reason=_within(str(total["reason"]), lang)))
            continue
        parts = {"values": rows.loc["values", "estimate"], "coverage": rows.loc["coverage", "estimate"]}
        key = "mixed" if abs(parts["coverage"]) >= 1 else "values"
        ends = {"first": total["first"], "last": total["last"], "total": total["estimate"]}
        said.append(text(f"words.change.{key}", lang, name=name, **ends, **parts))
    return said


def change_parts(result: Result) -> pd.DataFrame:
    """Return the change of each dimension, a row each, with its four sources side by side."""
    rows = result.estimates
    if rows.empty:
        return rows
    tree = result.details["tree"]
    own = rows[rows["node"].isin(tree.loc[tree["parent"].isna(), "code"])]
    wide = own.pivot(index="node", columns="measure", values="estimate").reindex(columns=list(CHANGE_SOURCES))
    ends = own[own["measure"] == "total"].set_index("node")[["first", "last", "reason"]]
    return ends.join(wide).reset_index()


def trial(result: Result, lang: str) -> list[str]:
    """Say which values were changed in thought, and what every dimension above would come to."""
    changes = text("words.separator", lang).join(
        text("words.trial.change", lang, name=result.label(code, lang), value=number(value, lang))
        for code, value in result.options["changes"].items()
    )
    said = [text("words.trial.changes", lang, changes=changes)]
    roots = set(result.details["price"]["root"])
    for row in result.estimates.to_dict("records"):
        if row["subject"] in roots and row["estimate"] == row["estimate"]:
            ends = {"before": row["before"], "after": row["after"], "moved": row["estimate"]}
            said.append(text("words.trial.moved", lang, name=result.label(row["subject"], lang), **ends))
    return [*said, text("words.trial.caution", lang)]


def prices(result: Result, lang: str) -> list[str]:
    """Name the indicators on which a dimension leans: without them it would be another by more than five points."""
    rows = result.estimates
    found = {
        "leans": rows[rows["shift"].abs() > LEANS]["subject"],
        "carries": rows[rows["score"].notna() & rows["without"].isna()]["subject"],
    }
    said = []
    for key, codes in found.items():
        if len(codes):
            names = first_of([result.label(code, lang) for code in codes], lang, most=NAMED)
            said.append(text(f"words.prices.{key}", lang, count=len(codes), names=names))
    return said or [text("words.prices.none", lang)]


def persons(result: Result, lang: str) -> list[str]:
    """Say how many persons answered, how far those of a group agree, and whose judgements contradict one another."""
    rows, people = result.estimates, result.details["persons"]
    said = [text("words.persons.asked", lang, count=len(people), groups=people["group"].nunique())]
    for row in rows[rows["measure"] == "agreement_within"].dropna(subset="estimate").to_dict("records"):
        values = {"group": result.label(row["subject"], lang), "w": row["estimate"], "n": int(row["n"])}
        said.append(text("words.persons.within", lang, **values))
    ratios = rows[rows["measure"] == "consistency_ratio"].set_index("subject")["estimate"]
    for row in result.details["reconsider"].to_dict("records"):
        pair = {name: result.label(row[name], lang) for name in ("first", "second")}
        values = {"person": row["person"], "ratio": ratios[row["person"]], "judged": row["judged"], **pair}
        said.append(text("words.persons.reconsider", lang, implied=row["implied"], **values))
    return said


def agreement_on_weights(result: Result, lang: str) -> list[str]:
    """Say how far the groups agree, which two are nearest and which furthest apart, and on what they differ most."""
    rows = result.estimates
    whole = rows[rows["measure"] == "concordance"].iloc[0]
    apart = rows[rows["measure"] == "apart"].sort_values("estimate")
    spread = rows[rows["measure"] == "spread"].sort_values("estimate")
    said = []
    if whole["estimate"] == whole["estimate"]:
        said.append(text("words.agreement_on_weights.whole", lang, w=whole["estimate"], n=int(whole["n"])))
    for key, row in (("nearest", apart.iloc[0]), ("furthest", apart.iloc[-1])):
        names = [_set_name(name, result, lang) for name in str(row["subject"]).split(" × ")]
        values = {"one": names[0], "two": names[1], "share": row["estimate"]}
        if key == "furthest" or len(apart) > 1:
            said.append(text(f"words.agreement_on_weights.{key}", lang, **values))
    most = {"dimension": result.label(spread.iloc[-1]["subject"], lang), "share": spread.iloc[-1]["estimate"]}
    return [*said, text("words.agreement_on_weights.contested", lang, **most)]


def conclusions(result: Result, lang: str) -> list[str]:
    """Say which conclusions hold under everybody's weights, and which depend on whose are used."""
    said = []
    for conclusion, rows in result.details["verdicts"].groupby("conclusion", sort=False):
        answers = [
            text(
                "words.conclusions.answer",
                lang,
                answer=_answer(row["answer"], result, lang),
                sets=first_of([_set_name(name, result, lang) for name in row["sets"].split(";")], lang, most=NAMED),
            )
            for row in rows.to_dict("records")
        ]
        first = _answer(rows["answer"].iloc[0], result, lang)
        verdict = rows["verdict"].iloc[0]
        listed = text("words.separator", lang).join(answers)
        said.append(text(f"words.conclusions.{conclusion}.{verdict}", lang, answer=first, answers=listed))
    return said


def _driver(row: dict[Any, Any], drivers: pd.DataFrame, lang: str) -> str:
    own = drivers[(drivers["dimension"] == row["measure"]) & drivers["total"].notna()]
    if own.empty:
        return ""
    factor = str(own.loc[own["total"].idxmax(), "factor"])
    return " " + text(f"words.uncertainty.factors.{factor}", lang)


def _within(reason: str, lang: str) -> str:
    """A reason as part of a sentence that goes on."""
    words = text(reason, lang)
    return words[:1].lower() + words[1:].rstrip(".")


def _answer(answer: str, result: Result, lang: str) -> str:
    key = f"words.conclusions.answers.{answer}"
    return text(key, lang) if has_text(key, lang) else result.label(answer, lang)


def _set_name(name: str, result: Result, lang: str) -> str:
    key = f"plots.weights_by_group.sets.{name}"
    return text(key, lang) if has_text(key, lang) else result.label(name, lang)


def _dimensions(result: Result) -> list[dict[Any, Any]]:
    tree = result.details["tree"]
    top = set(tree.loc[tree["parent"].isna(), "code"])
    return [row for row in result.estimates.to_dict("records") if row["measure"] in top]


def _beyond(row: dict[Any, Any]) -> bool:
    """Outside the middle half of its group, to either side: a place to ask why, no place in an order."""
    return bool(row["estimate"] < row["group_low"] or row["estimate"] > row["group_high"])


def _ends(row: dict[Any, Any], column: str, word: str) -> bool:
    return isinstance(row[column], str) and row[column].endswith(word)
