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
    """Return the distinct patterns, which stand in the order of the categories, and their counts.

    Agreement depends on them alone; the fingerprint of a million units would cost more than all coefficients.
    """
    table = np.column_stack([patterns.patterns, patterns.counts]).astype("<i8")
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
    coders, categories = len(patterns.coders), len(patterns.categories)
    used = np.zeros((coders, categories))
    for g in range(coders):
        used[g] = np.bincount(patterns.patterns[:, g] + 1, patterns.counts, minlength=categories + 1)[1:]
    share = used / used.sum(axis=1, keepdims=True)
    bias = share - share.sum(axis=0) / max(coders, 1)
    return pd.DataFrame(
        {
            "category": [category_label(category) for category in patterns.categories] * coders,
            "coder": [coder for coder in patterns.coders for _ in range(categories)],
            "count": used.ravel().astype(np.int64),
            "share": share.ravel(),
            "bias": bias.ravel(),
        }
    )


def disagreements(ratings: pd.DataFrame, patterns: RatingPatterns) -> pd.DataFrame:
    """Return the units on which coders differ, with who gave what; by their place where the index holds one."""
    rows = patterns.patterns
    differing = np.append(patterns.highest > patterns.lowest, False)
    units = _first_units(differing[patterns.pattern_of_key], patterns.keys)
    if {"document", "start", "end"} <= set(ratings.index.names):
        places = ratings.index[units].to_frame(index=False)[["document", "start", "end"]]
        reference, units = _joined(places, patterns.pattern_of_key[patterns.keys[units]], units)
    else:
        reference = [str(unit) for unit in ratings.index[units].tolist()]
    labels = np.array([*(category_label(category) for category in patterns.categories), None], dtype=object)
    shown = rows[patterns.pattern_of_key[patterns.keys[units]]]
    given = labels[shown] if len(units) else np.empty((0, len(patterns.coders)))
    frame = pd.DataFrame(given, columns=list(patterns.coders), dtype=object)
    frame.insert(0, "reference", pd.Series(reference, dtype=object), allow_duplicates=True)
    return frame


def _first_units(wanted: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """Return the first units whose key is wanted, without looking at a million where ten thousand will do."""
    found: list[np.ndarray] = []
    listed = 0
    for begin in range(0, len(keys), MOST_LISTED):
        found.append(begin + np.flatnonzero(wanted[keys[begin : begin + MOST_LISTED]]))
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
