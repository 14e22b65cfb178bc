"""Two methodologies on the same data: which choices differ, which numbers move, which conclusions change."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import yaml

from vises_methods.methodology import Methodology, available_methodologies
from vises_methods.results import NotEstimable, Result, fingerprint
from vises_methods.study import Study, outputs_root

KEYS = ["enterprise", "notebook", "result", "measure", "subject"]
AGREEMENT_BOUNDS = (0.667, 0.8)
POINTS = 10.0
"""A score that moves by more than this many points of 100 counts as another reading."""


def methodology_beside(study: Study, methodology: str, /) -> str:
    """Return the methodology with which one is compared where nobody named another.

    It is the study's own. For that one it is the first, by name, of those under which the study has been run, or
    else the first of those that there are.
    """
    if methodology != study.methodology:
        return study.methodology
    others = [name for name in available_methodologies() if name != methodology] or [methodology]
    run = [name for name in others if any((outputs_root() / study.id / name).glob("*/*.results.json"))]
    return (run or others)[0]


def differing_choices(first: Methodology, second: Methodology, /) -> pd.DataFrame:
    """Return the choices in which two methodologies differ: ``choice, first, second``, written as in their files."""
    one, two = first.choices(), second.choices()
    rows = [(name, _as_written(one[name]), _as_written(two[name])) for name in one if one[name] != two[name]]
    return pd.DataFrame(rows, columns=["choice", "first", "second"])


def _as_written(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True, width=math.inf).removesuffix("...\n").strip()


def compare_methodologies(first: pd.DataFrame, second: pd.DataFrame, /) -> Result:
    """Compare the estimates of two methodologies, enterprise by enterprise; nothing is computed again.

    Parameters
    ----------
    first, second : DataFrame
        From :func:`all_estimates`, of the same study.

    Returns
    -------
    Result
        One row per kind of conclusion (``agreement, scores, outcomes, questions``): ``estimate`` how many changed, n
        how many could be compared; ``appeared`` and ``vanished`` count those that only one methodology gives.
        ``details["pairs"]``: every pair of estimates with both values and whether the conclusion changed. Not estimable
        where one of the two has no results.

    References
    ----------
    Steegen, S., Tuerlinckx, F., Gelman, A., & Vanpaemel, W. (2016). Increasing transparency through a multiverse
    analysis. Perspectives on Psychological Science 11(5), p. 702.
    """
    reference = "Steegen et al. (2016), Perspectives on Psychological Science 11(5), p. 702"
    if first.empty or second.empty:
        empty = pd.DataFrame(columns=["measure", "subject", "estimate"])
        reason = NotEstimable("synthesis.reasons.one_methodology")
        return Result("Comparison of methodologies", reference, empty, not_estimable=reason)
    parts = [_pairs(kind, first, second) for kind in KINDS]
    pairs = pd.concat(parts, ignore_index=True)
    rows = [_count(kind, pairs[pairs["kind"] == kind]) for kind in KINDS]
    return Result(
        method="Comparison of methodologies",
        reference=reference,
        estimates=pd.DataFrame(rows),
        details={"pairs": pairs},
        options={"agreement_bounds": list(AGREEMENT_BOUNDS), "points": POINTS},
        inputs={"first": fingerprint(first[KEYS]), "second": fingerprint(second[KEYS])},
    )


def changed_conclusions(result: Result, /) -> pd.DataFrame:
    """Return the pairs of :func:`compare_methodologies` in which the conclusion changed."""
    pairs = result.details.get("pairs")
    if pairs is None:
        return pd.DataFrame()
    return pairs[pairs["changed"]].reset_index(drop=True)


KINDS = {
    "agreement": ("03_qualitative_coding", "agreement"),
    "scores": ("04_indicator_aggregation", "headings"),
    "outcomes": ("05_outcome_comparison", "outcomes"),
    "questions": ("06_synthesis", "evidence"),
}


def _pairs(kind: str, first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    notebook, result = KINDS[kind]
    one, two = (_of(frame, notebook, result, kind) for frame in (first, second))
    on = ["enterprise", "item"]
    both = one.merge(two, on=on, how="outer", suffixes=("_first", "_second"))
    both["kind"] = kind
    known = both["reading_first"].notna() & both["reading_second"].notna()
    both["changed"] = known & (both["reading_first"] != both["reading_second"])
    both["appeared"] = both["reading_first"].isna() & both["reading_second"].notna()
    both["vanished"] = both["reading_first"].notna() & both["reading_second"].isna()
    if kind == "scores":
        moved = (both["estimate_first"] - both["estimate_second"]).abs() > POINTS
        both["changed"] = known & moved
    order = ["kind", *on, "estimate_first", "estimate_second", "reading_first", "reading_second"]
    return both[[*order, "changed", "appeared", "vanished"]]


def _of(frame: pd.DataFrame, notebook: str, result: str, kind: str) -> pd.DataFrame:
    rows = frame[(frame["notebook"] == notebook) & (frame["result"] == result)].to_dict("records")
    kept = [
        {
            "enterprise": row["enterprise"],
            "item": row["measure"] if kind == "scores" else _item(row, kind),
            "estimate": row["estimate"],
            "reading": _reading(kind, row),
        }
        for row in rows
    ]
    return pd.DataFrame(kept, columns=["enterprise", "item", "estimate", "reading"])


def _item(row: dict[Any, Any], kind: str) -> str:
    return f"{row['subject']} · {row['measure']}" if kind == "questions" else str(row["subject"])


def _reading(kind: str, row: dict[Any, Any]) -> str | None:
    """Return what a reader would conclude from an estimate, in one word; None where there is no estimate."""
    value = row["estimate"]
    if kind == "questions":
        return str(row["stands"])
    if value is None or value != value:
        return None
    if kind == "agreement":
        tentative, good = AGREEMENT_BOUNDS
        return "good" if value >= good else "tentative" if value >= tentative else "poor"
    if kind == "outcomes":
        low, high = row["low"], row["high"]
        side = "up" if low > 0 else "down" if high < 0 else "unclear"
        return f"{side}, grade {int(row['grade'])}"
    return "scored"


def _count(kind: str, pairs: pd.DataFrame) -> dict[str, Any]:
    compared = int((pairs["reading_first"].notna() & pairs["reading_second"].notna()).sum())
    return {
        "measure": "changed",
        "subject": kind,
        "estimate": float(pairs["changed"].sum()) if compared else None,
        "n": compared,
        "unit": "count",
        "reason": None if compared else "synthesis.reasons.nothing_to_compare",
        "appeared": int(pairs["appeared"].sum()),
        "vanished": int(pairs["vanished"].sum()),
    }
