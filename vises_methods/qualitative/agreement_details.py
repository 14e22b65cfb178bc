"""What stands beside an agreement coefficient: prevalence, bias, disagreements by place, differences."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.qualitative.ratings import MISSING, RatingPatterns
from vises_methods.qualitative.tables import references
from vises_methods.qualitative.weights import Floats

MOST_LISTED = 10_000


def pattern_content(patterns: RatingPatterns) -> dict[str, Any]:
    """Return the distinct patterns and their counts, in an order that the order of the units cannot change.

    Agreement depends on them alone; the fingerprint of a million units would cost more than all coefficients.
    """
    order = np.lexsort(patterns.patterns.T) if len(patterns.counts) else np.empty(0, dtype=np.int64)
    table = np.column_stack([patterns.patterns[order], patterns.counts[order]]).astype("<i8")
    return {
        "coders": patterns.coders,
        "categories": [category_label(category) for category in patterns.categories],
        "patterns": hashlib.sha256(table.tobytes()).hexdigest(),
    }


def category_label(category: Any) -> str:
    """Write a category as text; a set of codes with bars between."""
    if isinstance(category, (frozenset, tuple)):
        return "|".join(sorted(str(item) for item in category))
    return str(category)


def prevalence(patterns: RatingPatterns) -> pd.DataFrame:
    """Return how often each coder used each category, and how far that is from the mean of all coders."""
    rows = []
    for g, coder in enumerate(patterns.coders):
        codes = patterns.patterns[:, g]
        used = np.bincount(codes + 1, weights=patterns.counts, minlength=len(patterns.categories) + 1)[1:]
        for category, count in zip(patterns.categories, used, strict=True):
            share = count / used.sum()
            rows.append({"category": category_label(category), "coder": coder, "count": int(count), "share": share})
    frame = pd.DataFrame(rows, columns=["category", "coder", "count", "share"])
    frame["bias"] = frame["share"] - frame.groupby("category")["share"].transform("mean")
    return frame


def disagreements(ratings: pd.DataFrame, patterns: RatingPatterns) -> pd.DataFrame:
    """Return the units on which coders differ, with who gave what; by their place where the index holds one."""
    rows = patterns.patterns
    highest = rows.max(axis=1, initial=MISSING)
    lowest = np.where(rows == MISSING, len(patterns.categories), rows).min(axis=1, initial=len(patterns.categories))
    differing = np.append(highest > lowest, False)
    units = _first_units(differing, patterns.pattern_of_unit)
    if {"document", "start", "end"} <= set(ratings.index.names):
        places = ratings.index[units].to_frame(index=False)[["document", "start", "end"]]
        reference, units = _joined(places, patterns.pattern_of_unit[units], units)
    else:
        reference = [str(unit) for unit in ratings.index[units].tolist()]
    labels = np.array([*(category_label(category) for category in patterns.categories), None], dtype=object)
    given = labels[rows[patterns.pattern_of_unit[units]]] if len(units) else np.empty((0, len(patterns.coders)))
    frame = pd.DataFrame(given, columns=list(patterns.coders), dtype=object)
    frame.insert(0, "reference", pd.Series(reference, dtype=object))
    return frame


def _first_units(wanted: np.ndarray, pattern_of_unit: np.ndarray) -> np.ndarray:
    """Return the first units whose pattern is wanted, without looking at a million where ten thousand will do."""
    found: list[np.ndarray] = []
    listed = 0
    for begin in range(0, len(pattern_of_unit), MOST_LISTED):
        found.append(begin + np.flatnonzero(wanted[pattern_of_unit[begin : begin + MOST_LISTED]]))
        listed += len(found[-1])
        if listed >= MOST_LISTED:
            break
    return np.concatenate(found)[:MOST_LISTED] if found else np.empty(0, dtype=np.int64)


def _joined(places: pd.DataFrame, pattern: np.ndarray, units: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Join units that touch and show the same pattern, so that characters are listed as stretches."""
    if places.empty:
        return [], units
    same = (places["document"] == places["document"].shift()) & (places["start"] == places["end"].shift())
    opens = ~(same.to_numpy() & (pattern == np.append(MISSING, pattern[:-1])))
    run = np.cumsum(opens)
    stretches = places.groupby(run, as_index=False).agg({"document": "first", "start": "first", "end": "last"})
    return references(stretches).tolist(), units[opens]


def differences(replicates: dict[str, Floats], estimates: pd.DataFrame, ci: float) -> pd.DataFrame:
    """Return the difference between each two coefficients, with a percentile interval over shared resamples."""
    value = estimates.set_index("measure")["estimate"]
    names = list(replicates)
    rows = []
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            low, high = np.nanquantile(replicates[first] - replicates[second], [(1 - ci) / 2, (1 + ci) / 2])
            difference = value[first] - value[second]
            rows.append({"first": first, "second": second, "difference": difference, "low": low, "high": high})
    return pd.DataFrame(rows)
