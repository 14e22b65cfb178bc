"""Is the data fit for this? Verdicts of three states, given before a method is applied: fit, read this, stop.

The bounds are proposals of this workbook, to be discussed with each enterprise; they are no standard. A stop sign is a
result: it is shown, with what would lift it, and the notebook still ends well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from vises_methods.indicators import Cells
from vises_methods.results import Result, fingerprint


class Bounds(NamedTuple):
    """From which value data are fit, and from which they can still be read with care."""

    fit: float
    read: float


PORTRAIT = {"headings": Bounds(7, 3), "stakeholders": Bounds(4, 1)}
CODING = {"texts": Bounds(4, 1), "double_coded": Bounds(0.3, 0.01), "voices": Bounds(3, 2)}
INDICATORS = {"reported": Bounds(0.75, 0.4), "years": Bounds(3, 1), "documented": Bounds(0.6, 0.2)}
SYNTHESIS = {"sources": Bounds(3, 1), "questions": Bounds(2, 1)}
AUDIT = {"units": Bounds(20, 3)}
PORTFOLIO = {"enterprises": Bounds(3, 1)}
METHODOLOGIES = {"methodologies": Bounds(1, 0.01)}
COMPARISON = {"waves": Bounds(2, 2), "followed": Bounds(30, 10), "kept": Bounds(0.8, 0.5)}


def fit_for_portrait(profile: Mapping[str, Any], stakeholders: pd.DataFrame, /) -> Result:
    """Judge whether the portrait is complete enough for an evaluative question to be chosen from it.

    Parameters
    ----------
    profile : mapping
        ``portrait`` holds the words under each of the seven headings, or nothing.
    stakeholders : DataFrame
        One row per stakeholder.

    Returns
    -------
    Result
        ``details["checks"]``: ``headings`` (written, of seven), ``stakeholders`` (described).

    Examples
    --------
    >>> portrait = {"portrait": {"needs": {"fr": "Du travail."}, "missions": None}}
    >>> fit_for_portrait(portrait, pd.DataFrame({"stakeholder": ["st-team"]})).details["checks"]["verdict"].tolist()
    ['stop', 'read']
    """
    written = [heading for heading, words in profile["portrait"].items() if words and any(words.values())]
    found = {"headings": float(len(written)), "stakeholders": float(len(stakeholders))}
    return _verdicts(found, PORTRAIT, stakeholders)


def fit_for_coding(documents: pd.DataFrame, /) -> Result:
    """Judge whether texts and coders allow qualitative coding to be read.

    Parameters
    ----------
    documents : DataFrame
        Columns ``coders`` (names parted by ``;``, or a sequence) and ``stakeholder_group``.

    Returns
    -------
    Result
        ``details["checks"]``: ``texts`` (how many), ``double_coded`` (share read by two coders or more), ``voices``
        (stakeholder groups heard).

    Examples
    --------
    >>> texts = pd.DataFrame({"coders": ["ana;ben", "ana"], "stakeholder_group": ["staff", "users"]})
    >>> fit_for_coding(texts).details["checks"]["verdict"].tolist()
    ['read', 'fit', 'read']
    """
    readers = documents["coders"].map(_count_names)
    found = {
        "texts": float((readers > 0).sum()),
        "double_coded": float((readers > 1).mean()) if len(documents) else 0.0,
        "voices": float(documents["stakeholder_group"].nunique()),
    }
    return _verdicts(found, CODING, documents[["coders", "stakeholder_group"]])


def fit_for_aggregation(indicators: pd.DataFrame, /) -> Result:
    """Judge whether indicators allow an aggregate to be read.

    Parameters
    ----------
    indicators : DataFrame
        Columns ``indicator, year, breakdown, value, missing, quality``.

    Returns
    -------
    Result
        ``details["checks"]``: ``reported`` (share of what applies that has a value, latest year), ``years`` (with at
        least one value), ``documented`` (share of values of quality 2 or 3).

    Examples
    --------
    >>> table = pd.DataFrame({"indicator": ["A1.1"], "year": [2024], "breakdown": [None], "value": [40.0],
    ...                       "missing": [None], "quality": [3]})
    >>> fit_for_aggregation(table).details["checks"]["verdict"].tolist()
    ['fit', 'read', 'fit']
    """
    whole = indicators[indicators["breakdown"].isna()]
    with_value = whole[whole["value"].notna()]
    latest = whole[whole["year"] == with_value["year"].max()]
    applicable = latest[latest["missing"].ne("not_applicable").fillna(True)]
    found = {
        "reported": float(applicable["value"].notna().mean()) if len(applicable) else 0.0,
        "years": float(with_value["year"].nunique()),
        "documented": float((with_value["quality"] >= 2).mean()) if len(with_value) else 0.0,
    }
    return _verdicts(found, INDICATORS, whole[["indicator", "year", "value", "missing", "quality"]])


def fit_for_comparison(survey: pd.DataFrame, /) -> Result:
    """Judge whether a survey allows a change to be read.

    Parameters
    ----------
    survey : DataFrame
        Columns ``respondent, wave, arm``.

    Returns
    -------
    Result
        ``details["checks"]``: ``waves`` (how many), ``followed`` (served people who answered in the first and the last
        wave), ``kept`` (their share of those who answered first).

    Examples
    --------
    >>> survey = pd.DataFrame({"respondent": ["r1", "r1"], "wave": [0, 1], "arm": "participants"})
    >>> fit_for_comparison(survey).details["checks"]["verdict"].tolist()
    ['fit', 'stop', 'fit']
    """
    served = survey[survey["arm"] == "participants"]
    waves = sorted(served["wave"].dropna().unique())
    first = set(served.loc[served["wave"] == waves[0], "respondent"]) if waves else set()
    last = set(served.loc[served["wave"] == waves[-1], "respondent"]) if len(waves) > 1 else set()
    found = {
        "waves": float(len(waves)),
        "followed": float(len(first & last)),
        "kept": len(first & last) / len(first) if first else 0.0,
    }
    return _verdicts(found, COMPARISON, survey[["respondent", "wave", "arm"]])


def fit_for_synthesis(published: Sequence[Mapping[str, Result]], questions: Mapping[str, Any] | None, /) -> Result:
    """Judge whether there is enough to bring together: how many approaches published, how many questions are asked.

    Examples
    --------
    >>> fit_for_synthesis([{}, {}, {}], None).details["checks"]["verdict"].tolist()
    ['stop', 'stop']
    """
    asked = len((questions or {}).get("questions", []))
    found = {"sources": float(sum(bool(results) for results in published)), "questions": float(asked)}
    return _verdicts(found, SYNTHESIS, pd.DataFrame({"published": [len(results) for results in published]}))


def fit_for_portfolio(estimates: pd.DataFrame, /) -> Result:
    """Judge whether enough enterprises published results to be shown together."""
    found = {"enterprises": float(estimates["enterprise"].nunique())}
    return _verdicts(found, PORTFOLIO, estimates[["enterprise"]])


def fit_for_audit(cells: Cells | None, /) -> Result:
    """Judge whether enough enterprises published scores for the framework itself to be examined."""
    units = 0 if cells is None else len(cells.numbers)
    data = pd.DataFrame() if cells is None else cells.numbers
    return _verdicts({"units": float(units)}, AUDIT, data)


def fit_for_methodologies(first: pd.DataFrame, second: pd.DataFrame, /, *, names: tuple[str, str]) -> Result:
    """Judge whether two methodologies, named for the sentence, were run on the same enterprises.

    The share of the enterprises of either that were run under both; nothing where one of them was not run.
    """
    one, two = set(first["enterprise"]), set(second["enterprise"])
    found = {"methodologies": len(one & two) / len(one | two) if one | two else 0.0}
    told = dict(zip(("first", "second"), names, strict=True)) | {"missing": names[1] if len(one) else names[0]}
    return _verdicts(found, METHODOLOGIES, pd.DataFrame({"enterprise": sorted(one | two)}), **told)


def _verdicts(found: dict[str, float], bounds: dict[str, Bounds], data: pd.DataFrame, **told: str) -> Result:
    rows = [(check, *_verdict(value, bounds[check])) for check, value in found.items()]
    table = pd.DataFrame(rows, columns=["check", "verdict", "value", "bound"]).assign(**told)
    estimates = pd.DataFrame(
        {"measure": "value", "subject": table["check"], "estimate": table["value"], "n": len(data)}
    )
    return Result(
        method="Fitness for use",
        reference="Juran (1951), Quality Control Handbook; Wang & Strong (1996), JMIS 12(4), p. 6",
        estimates=estimates,
        details={"checks": table},
        options={check: list(limits) for check, limits in bounds.items()},
        inputs={"data": fingerprint(data)},
    )


def _verdict(value: float, bounds: Bounds) -> tuple[str, float, float]:
    if value >= bounds.fit:
        return "fit", value, bounds.fit
    if value >= bounds.read:
        return "read", value, bounds.fit
    return "stop", value, bounds.read


def _count_names(entry: object) -> int:
    if isinstance(entry, str):
        return len([name for name in entry.split(";") if name.strip()])
    return len(list(entry)) if isinstance(entry, (list, tuple, set, frozenset)) else 0
