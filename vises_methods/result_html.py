"""A result as HTML, in the reader's language: what was done, the estimates side by side, and the remarks on them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from vises_methods.catalogue import has_text, number, text

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("measure", "subject", "estimate", "interval", "n", "coverage")
_SHOWN = ["measure", "subject", "estimate", "low", "high", "n", "coverage", "reason"]


def method_title(method: str, lang: str) -> str:
    """Return the name of a method in a language; a method the catalogue does not know keeps the name it gave itself."""
    key = f"results.methods.{re.sub(r'[^a-z0-9]+', '_', method.lower()).strip('_')}"
    return text(key, lang) if has_text(key, lang) else method


def result_html(method: str, reference: str, estimates: pd.DataFrame, remarks: Sequence[str], lang: str) -> str:
    """Write a result: its method and source, its estimates, and its remarks as sentences."""
    listed = "".join(f"<li>{escape(remark)}</li>" for remark in remarks)
    return (
        f"<p><strong>{escape(method_title(method, lang))}</strong> · {escape(reference)}</p>"
        f"{estimates_html(estimates, lang)}" + (f"<ul>{listed}</ul>" if listed else "")
    )


def estimates_html(estimates: pd.DataFrame, lang: str) -> str:
    """Write a table of estimates: number, interval, n and coverage side by side; a reason where there is no number."""
    head = "".join(f"<th scope='col'>{escape(text(f'results.columns.{name}', lang))}</th>" for name in COLUMNS)
    names = [name for name in _SHOWN if name in estimates]
    shown = zip(*(estimates[name].tolist() for name in names), strict=True)
    rows = "".join(_estimate_row(dict(zip(names, row, strict=True)), lang) for row in shown)
    return f"<table class='estimates'><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _estimate_row(row: Mapping[str, Any], lang: str) -> str:
    from pandas import isna

    reason = row.get("reason")
    shown = number(row["estimate"], lang, ".2f")
    if isinstance(reason, str):
        shown = text(reason, lang) if has_text(reason, lang) else reason
    interval = ""
    if not (isna(row["low"]) or isna(row["high"])):
        interval = text("results.interval", lang, low=float(row["low"]), high=float(row["high"]))
    n = "" if isna(row["n"]) else number(int(row["n"]), lang)
    coverage = "" if isna(row["coverage"]) else number(float(row["coverage"]), lang, ".0%")
    cells = (row["measure"], row["subject"], shown, interval, n, coverage)
    return "<tr>" + "".join(f"<td>{escape('' if isna(cell) else str(cell))}</td>" for cell in cells) + "</tr>"
