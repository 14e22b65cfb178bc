"""What the index says of an enterprise in a line: how much was collected, how strongly outcomes may be worded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vises_methods.catalogue import LANGUAGES, text

COUNTED = ("documents", "indicators", "survey")


def in_short(folder: Path) -> dict[str, str]:
    """Return a line on an enterprise per language, from what its notebooks published; empty where nothing ran.

    Parameters
    ----------
    folder : Path
        The enterprise's outputs under a methodology.
    """
    counts = {row["subject"]: row["n"] for row in _rows(folder, "02_data_quality", "completeness")}
    if not counts:
        return {}
    grades = [row["grade"] for row in _rows(folder, "05_outcome_comparison", "outcomes") if row["grade"] is not None]
    return {lang: _line(counts, grades, lang) for lang in LANGUAGES}


def _line(counts: Mapping[str, Any], grades: list[Any], lang: str) -> str:
    parts = [
        text("publish.in_short.count", lang, count=int(counts[name]), what=text(f"publish.in_short.{name}", lang))
        for name in COUNTED
        if counts.get(name)
    ]
    if grades:
        parts.append(text("publish.in_short.grade", lang, grade=int(max(grades))))
    return " · ".join(parts)


def _rows(folder: Path, notebook: str, result: str) -> list[dict[str, Any]]:
    files = sorted(folder.glob(f"{notebook}.*.results.json"))
    if not files:
        return []
    content = json.loads(files[0].read_text(encoding="utf-8"))["results"].get(result)
    if content is None:
        return []
    table = content["estimates"]
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
