"""Corrections of a social return on investment: what would have come anyway, was moved, is due to others, or fades.

They are judgements, not measurements: each is given with its source and its range, and none is filled in silently.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.outcomes.grades import natural_row
from vises_methods.outcomes.inference import missing_row, stated_row
from vises_methods.outcomes.requirements import numbers, require_columns, require_option
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

CORRECTIONS: tuple[str, ...] = ("deadweight", "displacement", "attribution", "drop_off")
_UNCOMPARED = ("paired change", "change of a share", "change of a rate")
_NEEDED = ("correction", "share", "low", "high", "source")
_LONGEST = 50


def sroi_corrections(result: Result, corrections: pd.DataFrame, /, *, years: int = 1) -> Result:
    """Take from an estimate what a social return on investment leaves out, with the range of every judgement.

    Use it where a partner asks for the corrections of SROI. A change is multiplied by one less each share; no money
    enters. An estimate that already has a comparison, a trend or a counterfactual has its deadweight taken off by
    construction: giving one again is an error. The grade of the estimate stays what it was.

    Parameters
    ----------
    result : Result
        Of this room; the row in the outcome's own unit is corrected.
    corrections : DataFrame
        A row per correction: ``correction`` ("deadweight", what would have happened anyway; "displacement", what was
        only moved; "attribution", what is due to others; "drop_off", what is lost of the rest every further year),
        ``share`` (0 to 1) with its range ``low`` and ``high``, and ``source``: who judged so, or where it stands.
    years : int
        For how many years the outcome is followed (1: no drop-off enters).

    Returns
    -------
    Result
        A row ``after_corrections`` per year. Its limits hold the interval of the estimate and the ranges of all
        corrections at once, at their least favourable: they are wider than a 95 % interval. ``details["steps"]``: what
        is left after each correction. A correction that was not given is noticed, and taken as nought.

    Raises
    ------
    InputError
        On a missing column, an unknown or repeated correction, a share outside its range or 0 to 1, a correction
        without a source, or deadweight for an estimate that has a comparison.

    References
    ----------
    Nicholls, J., Lawlor, E., Neitzert, E. and Goodspeed, T. (2012). A Guide to Social Return on Investment, stage 4;
    on how far judges differ: Solórzano-García, M., Navío-Marco, J. and Ruiz-Gómez, L. M. (2019). Sustainability 11:386.

    Examples
    --------
    >>> from vises_methods.outcomes.change import paired_change
    >>> judged = pd.DataFrame({"correction": ["deadweight", "attribution"], "share": [0.1, 0.35], "low": [0.05, 0.2],
    ...                        "high": [0.2, 0.5], "source": ["city panel 2023", "three partners asked"]})
    >>> round(sroi_corrections(paired_change([2, 3, 4], [4, 4, 7]), judged).value, 2)
    1.17
    """
    where = "sroi_corrections"
    if isinstance(years, bool) or years not in range(1, _LONGEST + 1):
        raise InputError("out_of_range", f"{where}(years=)", value=years, allowed=f"1 … {_LONGEST}")
    compared = result.method not in _UNCOMPARED
    judged = _judged(corrections, compared, where)
    row = natural_row(result)
    known: dict[str, Any] = {"n": int(row["n"]), "coverage": row["coverage"], "level": row["level"],
                             "unit": row["unit"]}  # fmt: skip
    reason = None if pd.isna(row["reason"]) else str(row["reason"])
    limits = [float(row[name]) for name in ("estimate", "low", "high")] if reason is None else []
    rows = []
    for year in range(1, years + 1):
        if reason:
            rows.append(missing_row("after_corrections", str(year), reason, **known))
            continue
        kept = _kept(judged, year)
        ends = np.outer(limits[1:], kept[1:]) if not np.isnan(limits[1:]).any() else np.full(1, np.nan)
        low, high = (None, None) if np.isnan(ends).any() else (float(ends.min()), float(ends.max()))
        rows.append(stated_row("after_corrections", str(year), limits[0] * kept[0], low=low, high=high, **known))
    return Result(
        method="corrections of a social return on investment",
        reference="Nicholls, Lawlor, Neitzert and Goodspeed 2012, stage 4",
        estimates=pd.DataFrame(rows),
        details={"steps": _steps(judged, limits[0] if limits else None)},
        options={"years": years, "of": result.method},
        notices=(*result.notices, *_notices(judged, compared, years)),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={**result.inputs, "corrections": fingerprint(judged.reset_index())},
    )


def _judged(corrections: pd.DataFrame, compared: bool, where: str) -> pd.DataFrame:
    """Return the corrections by name in their order, shares as numbers."""
    require_columns(corrections, _NEEDED, where)
    table = corrections.reset_index(drop=True)
    for name in table["correction"]:
        require_option(name, CORRECTIONS, f"{where}(correction)")
    if table["correction"].duplicated().any():
        twice = str(table.loc[table["correction"].duplicated(), "correction"].iloc[0])
        raise InputError("outcomes.errors.correction_twice", where, correction=twice)
    if compared and (table["correction"] == "deadweight").any():
        raise InputError("outcomes.errors.deadweight_twice", where)
    sources = table["source"].astype(object).where(table["source"].notna(), "").astype(str).tolist()
    values = {name: numbers(table[name], where, name) for name in ("share", "low", "high")}
    for place, name in enumerate(table["correction"]):
        low, share, high = (values[part][place] for part in ("low", "share", "high"))
        if not 0 <= low <= share <= high <= 1:
            told = f"{low} ≤ {share} ≤ {high}"
            raise InputError("out_of_range", f"{where}({name})", value=told, allowed="0 ≤ low ≤ share ≤ high ≤ 1")
        if not sources[place].strip():
            raise InputError("outcomes.errors.no_source", where, correction=str(name))
    return (
        table.assign(**values)
        .set_index("correction")
        .reindex([n for n in CORRECTIONS if n in set(table["correction"])])
    )


def _kept(judged: pd.DataFrame, year: int) -> tuple[float, float, float]:
    """Return what is left of an estimate in a year: as judged, at least and at most."""
    left = []
    for side in ("share", "high", "low"):
        times = [year - 1 if name == "drop_off" else 1 for name in judged.index]
        left.append(float(np.prod((1 - judged[side].to_numpy()) ** np.array(times, dtype=float))))
    return left[0], left[1], left[2]


def _steps(judged: pd.DataFrame, estimate: float | None) -> pd.DataFrame:
    once = judged.drop(index="drop_off", errors="ignore")
    left = (1 - once["share"]).cumprod()
    return once.assign(left=left, estimate=None if estimate is None else left * estimate).reset_index()


def _notices(judged: pd.DataFrame, compared: bool, years: int) -> list[Notice]:
    found = [Notice("outcomes.notices.corrections.judgements", {})]
    if compared:
        found.append(Notice("outcomes.notices.corrections.compared", {}))
    asked = [
        name for name in CORRECTIONS if not (name == "deadweight" and compared) and (name != "drop_off" or years > 1)
    ]
    found += [Notice(f"outcomes.notices.corrections.no_{name}", {}) for name in asked if name not in judged.index]
    return found
