"""An audit written out in the reader's language: every verdict, and the table of every section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from vises_methods.catalogue import NO_VALUE, has_text, number, text
from vises_methods.results import Result

SECTIONS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "states": {
        "indicator": ("indicator", ""),
        "reported": ("reported", ""),
        "imputed": ("imputed", ""),
        "not_collected": ("not_collected", ""),
        "suppressed": ("suppressed", ""),
        "refused": ("refused", ""),
        "not_applicable": ("not_applicable", ""),
        "coverage": ("share_reported", ".0%"),
    },
    "scales": {
        "indicator": ("indicator", ""),
        "direction": ("direction", ""),
        "method": ("scale", ""),
        "n": ("n_units", ""),
        "mean": ("mean_score", ".0f"),
        "sd": ("sd", ".0f"),
        "at_floor": ("at_floor", ".0%"),
        "at_ceiling": ("at_ceiling", ".0%"),
        "reason": ("reason", ""),
    },
    "treatment": {
        "indicator": ("indicator", ""),
        "n": ("n_units", ""),
        "skew_before": ("skew_before", ".1f"),
        "kurtosis_before": ("kurtosis_before", ".1f"),
        "winsorised": ("winsorised", ""),
        "transformed": ("transformed", ""),
        "skew_after": ("skew_after", ".1f"),
        "accepted": ("accepted", ""),
    },
    "quality": {
        "heading": ("heading", ""),
        "subject": ("element", ""),
        "other": ("with_what", ""),
        "measure": ("correlated", ""),
        "estimate": ("correlation", ".2f"),
        "p": ("p", ".3f"),
        "n": ("n_units", ""),
        "flag": ("flag", ""),
        "reason": ("reason", ""),
    },
    "alpha": {
        "heading": ("heading", ""),
        "element": ("without", ""),
        "estimate": ("alpha", ".2f"),
        "low": ("low", ".2f"),
        "high": ("high", ".2f"),
        "item_total": ("item_total", ".2f"),
        "n": ("n_units", ""),
        "reason": ("reason", ""),
    },
    "components": {
        "heading": ("heading", ""),
        "of": ("components_of", ""),
        "component": ("component", ""),
        "eigenvalue": ("eigenvalue", ".2f"),
        "share": ("variance_explained", ".0%"),
        "cumulative": ("cumulative", ".0%"),
        "elements": ("elements", ""),
        "n": ("n_units", ""),
        "reason": ("reason", ""),
    },
    "weights": {
        "heading": ("heading", ""),
        "element": ("element", ""),
        "intended": ("intended", ".0%"),
        "effective": ("effective", ".1%"),
        "correlation_ratio": ("correlation_ratio", ".2f"),
        "variance_share": ("exerted", ".0%"),
        "n": ("n_units", ""),
        "reason": ("reason", ""),
    },
    "removal": {
        "subject": ("without", ""),
        "mean_change": ("mean_change", "+.1f"),
        "estimate": ("places", ".1f"),
        "largest": ("largest_places", ".0f"),
        "n": ("n_units", ""),
        "reason": ("reason", ""),
    },
    "intervals": {
        "heading": ("heading", ""),
        "median_width": ("median_width", ".1f"),
        "largest_width": ("largest_width", ".1f"),
        "n": ("n_units", ""),
    },
    "sensitivity": {
        "factor": ("factor", ""),
        "first_mean": ("first_order", ".2f"),
        "total_mean": ("total_order", ".2f"),
        "first_ranks": ("first_ranks", ".2f"),
        "total_ranks": ("total_ranks", ".2f"),
        "n": ("n_units", ""),
    },
}
"""Of each section the columns that it shows: the head, a key of the catalogue, and how its numbers are written."""
CORRELATIONS = ("siblings", "with_parent", "with_root")


def audit_document(result: Result, lang: str) -> str:
    """Write an audit as a Markdown document in French, Dutch or English.

    Parameters
    ----------
    result : Result
        Of :func:`audit`.
    lang : {"fr", "nl", "en"}

    Returns
    -------
    str
        A heading, a sentence; per check the question, the verdict, the figure with its threshold, what it concerns, and
        what to do; then a section with its table for each of: cells by state, scales, extremes, correlations, alpha,
        components, weights meant and exerted, removal, intervals and what moves them. A section that could not be made
        says why in its place.

    Examples
    --------
    >>> import pandas as pd
    >>> from vises_methods.indicators import IndicatorTree, audit
    >>> tree = IndicatorTree.from_frame(pd.DataFrame({"code": ["i", "a", "b"], "parent": [None, "i", "i"]}))
    >>> data = pd.DataFrame({"a": [1.0, 2, 3, 4, 5, 6], "b": [1.0, 2, 3, 4, 6, 5]}, index=list("uvwxyz"))
    >>> audit_document(audit(data, tree), "en").splitlines()[0]
    '# Audit of the composite indicator'
    """
    parts = [f"# {text('indicators.audit.title', lang)}", text("indicators.audit.opening", lang)]
    for row in result.estimates.to_dict("records"):
        parts += _check(row, lang)
    for section, columns in SECTIONS.items():
        parts += _section(section, columns, result, lang)
    remarks = [f"- {notice.sentence(lang)}" for notice in result.notices]
    if remarks:
        parts += [f"## {text('indicators.audit.remarks', lang)}", "\n".join(remarks)]
    return "\n\n".join(parts) + "\n"


def _check(row: Mapping[Any, Any], lang: str) -> list[str]:
    check = f"indicators.audit.checks.{row['measure']}"
    reason = row["reason"]
    figure = text(reason, lang) if isinstance(reason, str) else number(float(row["estimate"]), lang, ".2f")
    limit = NO_VALUE if pd.isna(row["limit"]) else number(float(row["limit"]), lang, ".2f")
    return [
        f"## {text(f'{check}.question', lang)}",
        f"**{text('indicators.audit.verdicts.' + str(row['verdict']), lang)}**",
        text("indicators.audit.figure", lang, figure=figure, limit=limit, concerns=row["concerns"] or NO_VALUE),
        text(f"{check}.advice", lang),
    ]


def _section(section: str, columns: Mapping[str, tuple[str, str]], result: Result, lang: str) -> list[str]:
    head = [f"## {text(f'indicators.audit.sections.{section}.title', lang)}"]
    frame = result.details.get(section)
    if frame is not None and section == "quality":
        frame = frame[frame["measure"].isin(CORRELATIONS)]
    if frame is None or frame.empty:
        return [*head, text(f"indicators.audit.sections.{section}.nothing", lang)]
    return [*head, text(f"indicators.audit.sections.{section}.words", lang), _table(frame, columns, result, lang)]


def _table(frame: pd.DataFrame, columns: Mapping[str, tuple[str, str]], result: Result, lang: str) -> str:
    shown = [name for name in columns if name in frame and not frame[name].isna().all()]
    lines = [[text(f"language.columns.{columns[name][0]}", lang) for name in shown], ["---"] * len(shown)]
    lines += [
        [_cell(row[name], name, columns[name][1], result, lang) for name in shown] for row in frame.to_dict("records")
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: Any, column: str, spec: str, result: Result, lang: str) -> str:
    if pd.isna(value):
        return NO_VALUE
    if isinstance(value, bool):
        return text(f"language.values.{'yes' if value else 'no'}", lang)
    if isinstance(value, (int, float)):
        return number(value, lang, spec)
    codes = [result.label(code, lang) for code in str(value).split("~")]
    if codes != [str(value)]:
        return " ~ ".join(codes).replace("|", "/")
    for key in (str(value), f"indicators.audit.values.{column}.{value}"):
        if has_text(key, lang):
            return text(key, lang)
    return str(value)
