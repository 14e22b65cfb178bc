"""The three approaches beside one another, question by question: where they agree, where not, what is silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from vises_methods.results import NotEstimable, Result, fingerprint

SOURCES = ("qualitative", "indicators", "outcomes")
AGAINST, FOR = 0.5, 0.8
"""From which share of favourable evidence a source speaks for an answer; under ``AGAINST`` it speaks against."""


def evidence_by_question(
    questions: Mapping[str, Any] | None,
    /,
    *,
    coding: Mapping[str, Result],
    indicators: Mapping[str, Result],
    outcomes: Mapping[str, Result],
    directions: Mapping[str, str],
) -> Result:
    """Bring the three approaches together per evaluative question, without adding them up.

    Parameters
    ----------
    questions : mapping or None
        ``questions``, each with ``id, text, codes, indicators, outcomes, counts_against``.
    coding, indicators, outcomes : mapping of str to Result
        What the three notebooks published, by name; empty where one has not run.
    directions : mapping of str to str
        Per outcome ``higher`` or ``lower``: which direction is wanted.

    Returns
    -------
    Result
        One row per question and source (``measure``): ``estimate`` the share of favourable evidence, n the pieces of
        evidence, ``stands``: ``for, mixed, against, unclear, silent``. ``details["questions"]``: per question the
        ``verdict``: ``converging, diverging, mixed, one_source, silent``. Not estimable without questions.

    References
    ----------
    Fetters, M. D., Curry, L. A., & Creswell, J. W. (2013). Achieving integration in mixed methods designs. Health
    Services Research 48(6), pp. 2143-2144 (joint displays; confirmation, expansion, discordance).
    """
    asked: Sequence[Mapping[str, Any]] = (questions or {}).get("questions", [])
    rows, verdicts = [], []
    for question in asked:
        found = [
            {"measure": "qualitative", **_from_coding(coding, question["codes"])},
            {"measure": "indicators", **_from_indicators(indicators, question["indicators"])},
            {"measure": "outcomes", **_from_outcomes(outcomes, question["outcomes"], directions)},
        ]
        rows += [{"subject": question["id"], **row} for row in found]
        verdicts.append((question["id"], question["type"], _verdict([str(row["stands"]) for row in found])))
    labels = {question["id"]: question["text"] for question in asked}
    against = {f"{question['id']}:against": question["counts_against"] for question in asked}
    return Result(
        method="Joint display per evaluative question",
        reference="Fetters, Curry & Creswell (2013), Health Services Research 48(6), pp. 2143-2144",
        estimates=pd.DataFrame(rows, columns=None if rows else ["measure", "subject", "estimate"]),
        details={"questions": pd.DataFrame(verdicts, columns=["question", "type", "verdict"])},
        options={"for_from": FOR, "against_under": AGAINST},
        not_estimable=None if asked else NotEstimable("synthesis.reasons.no_questions"),
        inputs={"questions": fingerprint({"ids": [question["id"] for question in asked]})},
    ).labelled(labels | against)


def _from_coding(coding: Mapping[str, Result], codes: Sequence[str]) -> dict[str, Any]:
    """Count passages with a known valence under the question's codes, or under the code that gathers them."""
    if "negative_evidence" not in coding:
        return _silent()
    rows = coding["negative_evidence"].estimates
    gathered = rows["subject"].map(lambda shown: any(_under(code, str(shown)) for code in codes))
    judged = rows[gathered & rows["estimate"].notna()]
    total = int(judged["n"].sum())
    return _standing(total - float(judged["estimate"].sum()), total)


def _from_indicators(indicators: Mapping[str, Result], codes: Sequence[str]) -> dict[str, Any]:
    """Count the indicators that moved the right way, or met the target, among those that can be judged."""
    if "profile" not in indicators or indicators["profile"].not_estimable is not None:
        return _silent()
    rows = indicators["profile"].estimates
    told = [name for name in ("against_past", "against_target") if name in rows]
    own = rows.loc[rows["subject"].isin(list(codes)), told].to_dict("records")
    good = sum(_said(row, "improved", "target_met") for row in own)
    bad = sum(_said(row, "declined", "target_missed") for row in own)
    return _standing(float(good), good + bad)


def _from_outcomes(
    outcomes: Mapping[str, Result], names: Sequence[str], directions: Mapping[str, str]
) -> dict[str, Any]:
    """Count the outcomes whose interval lies wholly on the wanted side of zero, among those with a clear sign."""
    if "outcomes" not in outcomes or outcomes["outcomes"].not_estimable is not None:
        return _silent()
    rows = outcomes["outcomes"].estimates
    own = rows[rows["subject"].isin(list(names))].dropna(subset=["low", "high"]).to_dict("records")
    if not own:
        return _silent()
    signs = [_sign(row) * (-1 if directions.get(row["subject"]) == "lower" else 1) for row in own]
    clear = [sign for sign in signs if sign != 0]
    grade = max(int(row["grade"]) for row in own)
    if not clear:
        return {**_silent(), "n": len(own), "stands": "unclear", "grade": grade}
    return {**_standing(float(sum(sign > 0 for sign in clear)), len(clear)), "grade": grade}


def _standing(favourable: float, total: int) -> dict[str, Any]:
    if total == 0:
        return _silent()
    share = favourable / total
    stands = "for" if share >= FOR else "against" if share < AGAINST else "mixed"
    return {"estimate": share, "n": total, "stands": stands, "unit": "share", "reason": None, "grade": None}


def _silent() -> dict[str, Any]:
    reason = "synthesis.reasons.silent"
    return {"estimate": None, "n": 0, "stands": "silent", "unit": "share", "reason": reason, "grade": None}


def _verdict(stands: list[str]) -> str:
    speaking = [word for word in stands if word not in ("silent", "unclear")]
    if not speaking:
        return "silent"
    if len(speaking) == 1:
        return "one_source"
    if len(set(speaking)) == 1:
        return "converging"
    return "diverging" if {"for", "against"} <= set(speaking) else "mixed"


def _under(code: str, shown: str) -> bool:
    return code == shown or code.startswith(f"{shown}.") or shown.startswith(f"{code}.")


def _said(row: Mapping[Any, Any], *words: str) -> bool:
    readings = [row.get("against_past"), row.get("against_target")]
    return any(isinstance(reading, str) and reading.endswith(words) for reading in readings)


def _sign(row: Mapping[Any, Any]) -> int:
    return 1 if row["low"] > 0 else -1 if row["high"] < 0 else 0
