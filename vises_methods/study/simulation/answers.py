"""The survey: respondents drawn again within their arm, site and cohort, some answers moved by one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vises_methods.study.simulation.sources import Row

MOVED = 0.2
"""The chance of an answer to be moved."""
_STRATUM = ("arm", "site", "cohort")
_FEWEST = 2
_STEP = 0.1


def redrawn_survey(
    rows: list[Row], items: Sequence[Mapping[str, Any]], size: float, rng: np.random.Generator
) -> list[Row]:
    """Return a survey of ``size`` times as many respondents; all waves of a respondent stay together."""
    people: dict[str, list[Row]] = {}
    for row in rows:
        people.setdefault(row["respondent"], []).append(row)
    strata: dict[tuple[str, ...], list[str]] = {}
    for name, waves in people.items():
        strata.setdefault(tuple(waves[0].get(part, "") for part in _STRATUM), []).append(name)
    drawn = []
    for names in strata.values():
        count = max(min(_FEWEST, len(names)), round(len(names) * size))
        drawn += [names[place] for place in rng.integers(len(names), size=count)]
    return [
        {**_moved(row, items, rng), "respondent": f"r{number:03d}"}
        for number, name in enumerate(drawn, 1)
        for row in people[name]
    ]


def _moved(row: Row, items: Sequence[Mapping[str, Any]], rng: np.random.Generator) -> Row:
    new = dict(row)
    chances, steps = rng.random(len(items)).tolist(), rng.normal(size=len(items)).tolist()
    for item, chance, step in zip(items, chances, steps, strict=True):
        written = row.get(item["id"], "")
        if written and chance < MOVED and item["kind"] != "binary":
            new[item["id"]] = _other(written, item, step)
    return new


def _other(written: str, item: Mapping[str, Any], step: float) -> str:
    value = float(written)
    if item["kind"] in ("ordinal", "count"):
        value += 1 if step > 0 else -1
    else:
        value += step * _STEP * abs(value)
    low = 0.0 if item.get("min") is None and item["kind"] == "count" else item.get("min")
    value = value if low is None else max(low, value)
    value = value if item.get("max") is None else min(item["max"], value)
    decimals = len(written.partition(".")[2])
    return f"{value:.{decimals}f}" if decimals else str(round(value))
