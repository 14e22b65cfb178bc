"""Sentences on the audit of a framework: one paragraph per check, with its verdicts and what to do."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vises_methods.catalogue import number, text
from vises_methods.indicators import Thresholds
from vises_methods.indicators.audit_document import SECTIONS
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
AUDIT = {
    section: {
        "caption": section,
        "columns": {name: "enterprises" if name == "n" else head for name, (head, _) in columns.items()},
        "formats": {name: spec for name, (_, spec) in columns.items() if spec},
    }
    for section, columns in SECTIONS.items()
}
"""How the table of each section of an audit is shown: its caption, the heads of its columns, and their numbers."""
DRIVERS = {
    "caption": "drivers",
    "columns": {
        "dimension": "dimension",
        "factor": "factor",
        "first": "first_order",
        "total": "total_order",
        "leads": "leads",
        "n": "enterprises",
    },
    "formats": {"first": ".2f", "total": ".2f"},
}
VERSIONS = {
    "caption": "versions",
    "columns": {
        "subject": "heading",
        "estimate": "difference_median",
        "low": "difference_low",
        "high": "difference_high",
        "moved": "moved_more",
        "n": "enterprises",
        "only_first": "only_first",
        "only_second": "only_second",
        "reason": "reason",
    },
    "formats": {"estimate": "+.1f", "low": "+.1f", "high": "+.1f"},
}
DIFFERENCES = {
    "caption": "differences",
    "columns": {"node": "element", "what": "what_differs", "first": "in_first", "second": "in_second"},
}
CELLS = ("reported", "imputed", "not_collected", "refused", "suppressed", "not_applicable")
MEASURE, FLAG = "indicators.audit.values.measure.", "indicators.audit.values.flag."
WHAT = "indicators.audit.values.what."
FEW, ALPHA, END = Thresholds.coverage, Thresholds.alpha, 0.5
"""Below this share of enterprises an indicator is little reported; above this share at an end a scale says little."""


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


def soundness(result: Result, lang: str) -> list[str]:
    """Tell that the framework has no fault, what is no fault but weakens a score, and what enterprises did with it."""
    rows = {row["subject"]: row for row in result.estimates.to_dict("records")}
    said = [text("words.soundness.faults", lang, n=int(rows["faults"]["n"]))]
    for name in ("single_child", "nothing_scored", "no_scale", "no_unit", "label_missing"):
        row = rows[name]
        if row["estimate"] > 0:
            named = text("words.separator", lang).join(result.label(code, lang) for code in row["concerns"].split("~"))
            told = {"count": int(row["estimate"]), "n": int(row["n"]), "names": named}
            said.append(text(f"words.soundness.{name}", lang, **told))
    counts = {name: int(rows[name]["estimate"]) for name in ("set_aside", "own")}
    return [*said, text("words.soundness.enterprises", lang, n=int(rows["own"]["n"]), **counts)]


def reporting(audit: Result, lang: str) -> list[str]:
    """Count the cells by state, and name the indicators that few of those concerned report."""
    states = audit.details["states"]
    counts = {name: int(states[name].sum()) for name in CELLS}
    applies = sum(counts.values()) - counts["not_applicable"]
    said = [text("words.reporting.cells", lang, applies=applies, **counts)]
    return said + _named("words.reporting.few", states[states["coverage"] < FEW]["indicator"], audit, lang)


def scales(audit: Result, lang: str) -> list[str]:
    """Name the indicators on whose scale most enterprises stand at one end."""
    rows = audit.details["scales"]
    ends = {end: rows[rows[f"at_{end}"] > END]["indicator"] for end in ("floor", "ceiling")}
    said = [part for end, codes in ends.items() for part in _named(f"words.scales.{end}", codes, audit, lang)]
    thin = int(rows["reason"].notna().sum())
    said = said or [text("words.scales.none", lang)]
    return [*said, text("words.scales.thin", lang, count=thin)] if thin else said


def extremes(audit: Result, lang: str) -> list[str]:
    """Tell how many indicators the usual rule for extremes would change, and that nothing was changed."""
    count = len(audit.details["treatment"])
    return [text(f"words.extremes.{'some' if count else 'none'}", lang, count=count)]


def correlations(audit: Result, lang: str) -> list[str]:
    """Count the pairs that repeat or pull against one another, and what could not be correlated."""
    rows = audit.details["quality"]
    rows = rows[rows["measure"] != f"{MEASURE}with_root"]
    pairs = rows[rows["measure"] == f"{MEASURE}siblings"]
    counts = {name: int((rows["flag"] == FLAG + name).sum()) for name in ("high", "low", "weak")}
    said = [text("words.correlations.counts", lang, pairs=int(pairs["estimate"].notna().sum()), **counts)]
    silent = int(rows["estimate"].isna().sum())
    if silent:
        said.append(text("words.correlations.silent", lang, count=silent))
    return said


def to_look_at(audit: Result) -> pd.DataFrame:
    """Return the correlations that call for a look: those with a flag, the strongest first."""
    rows = audit.details.get("quality", pd.DataFrame(columns=["flag", "estimate", "reason"]))
    flagged = rows[rows["flag"].notna()].drop(columns="reason")
    return flagged.sort_values("estimate", key=abs, ascending=False, kind="stable")


def consistency(audit: Result, lang: str) -> list[str]:
    """Tell the headings whose elements hold together, those that do not, and those that cannot be told."""
    rows = audit.details["alpha"]
    rows = rows[rows["measure"] == f"{MEASURE}alpha"]
    known = rows.dropna(subset="estimate")
    together = known[known["estimate"] >= ALPHA]["heading"]
    against = known[known["estimate"] < 0]["heading"]
    said = _named("words.consistency.together", together, audit, lang)
    said += _named("words.consistency.against", against, audit, lang)
    said += _named("words.consistency.untold", rows[rows["estimate"].isna()]["heading"], audit, lang)
    return said


def components(audit: Result, lang: str) -> list[str]:
    """Tell for each dimension how much its first component holds, or why there is none."""
    said = []
    for row in audit.details["components"].to_dict("records"):
        told = {"name": audit.label(row["heading"], lang), "of": text(row["of"], lang), "n": int(row["n"])}
        if isinstance(row["reason"], str):
            why = text(row["reason"], lang).rstrip(".")
            said.append(text("words.components.none", lang, reason=why[:1].lower() + why[1:], **told))
        elif row["component"] == 1:
            share = number(row["share"], lang, ".0%")
            said.append(text("words.components.first", lang, share=share, elements=int(row["elements"]), **told))
    return ["\n".join(f"- {words}" for words in said)]


def exerted(audit: Result, lang: str) -> list[str]:
    """Tell which elements weigh most otherwise than was meant, and how many could not be told."""
    rows = audit.details["weights"]
    known = rows.dropna(subset="variance_share")
    contrary = known[known["variance_share"] < 0]["element"]
    said = [text("words.exerted.known", lang, known=len(known), all=len(rows))]
    return [*said, *_named("words.exerted.contrary", contrary, audit, lang)]


def doubt(result: Result, lang: str) -> list[str]:
    """Tell for each dimension how wide the enterprises' intervals are, and what moves them most."""
    drivers = result.details.get("drivers")
    said = []
    for row in result.estimates.to_dict("records"):
        name = result.label(row["subject"], lang)
        if isinstance(row["reason"], str):
            said.append(text("words.doubt.none", lang, name=name))
            continue
        own = drivers[drivers["dimension"] == row["subject"]] if drivers is not None else pd.DataFrame()
        told = {"name": name, "width": number(row["estimate"], lang, ".0f"), "n": int(row["n"])}
        if own.empty:
            said.append(text("words.doubt.width", lang, **told))
        else:
            first = own.iloc[0]
            share = number(first["total"], lang, ".0%")
            said.append(text("words.doubt.driver", lang, factor=text(first["factor"], lang), share=share, **told))
    return ["\n".join(f"- {words}" for words in said)] if said else []


def versions(result: Result, lang: str) -> list[str]:
    """Tell how much two versions of the framework share, and which headings would read otherwise."""
    own, other = result.options["indicators"]
    differences = result.details["differences"]
    counts = {name: int((differences["what"] == WHAT + name).sum()) for name in ("removed", "added")}
    there_or_not = differences["what"].isin([WHAT + name for name in counts])
    changed = differences.loc[~there_or_not, "node"].nunique()
    said = [text("words.versions.differ", lang, own=own, other=other, changed=changed, **counts)]
    rows = result.estimates
    moved = rows[(rows["moved"] * 2 > rows["n"]) & rows["reason"].isna()]["subject"]
    lost = rows[rows["only_first"] > rows["only_second"]]["subject"]
    return [
        *said,
        *_named("words.versions.moved", moved, result, lang),
        *_named("words.versions.lost", lost, result, lang),
    ]


def _named(key: str, codes: pd.Series[str], result: Result, lang: str) -> list[str]:
    """The sentence of a key about some codes by their names; none about nothing."""
    names = [result.label(code, lang) for code in dict.fromkeys(codes)]
    return [text(key, lang, count=len(names), names=text("words.separator", lang).join(names))] if names else []


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
