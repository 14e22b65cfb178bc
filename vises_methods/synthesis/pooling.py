"""The outcomes of all enterprises pooled, each grade by itself: first what a new one might see, then the mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from vises_methods.outcomes import pool, pool_multilevel
from vises_methods.results import NotEstimable, Result, fingerprint

PoolingMethod = Literal["REML", "PM", "DL"]
PoolingTest = Literal["adhoc", "knha", "z"]
COMPARISONS = ("adjusted_difference", "difference_in_differences")
TOGETHER = 0.6
"""Correlation of the errors of outcomes asked of the same people, where several of an enterprise are pooled."""


def pooled_outcomes(
    estimates: pd.DataFrame,
    /,
    *,
    method: PoolingMethod = "REML",
    test: PoolingTest = "adhoc",
    minimum: int = 3,
    level: float = 0.95,
) -> Result:
    """Pool the primary outcomes of the enterprises, standardised, apart by grade and by what was compared.

    Parameters
    ----------
    estimates : DataFrame
        From :func:`all_estimates`. The first primary outcome of each enterprise counts, on its served people's own
        spread, turned so that more is what is wanted.
    method : {"REML", "PM", "DL"}
        Of the variance between enterprises.
    test : {"adhoc", "knha", "z"}
        Knapp-Hartung never narrower than normal, Knapp-Hartung, or normal.
    minimum : int
        Fewer enterprises of one grade are shown but not pooled.
    level : float

    Returns
    -------
    Result
        Per stratum (``subject``: ``grade:claim``) the rows ``prediction``, ``mean``, ``mean_several`` (all outcomes of
        each enterprise, three levels, CR2), ``tau2``, ``I2``, ``Q`` and ``moderator`` rows for group and region (p of
        the test). ``details``: ``enterprises`` (own estimate, interval and shrunken estimate), ``leave_one_out``.
        Not estimable where nothing was published.

    References
    ----------
    Higgins, Thompson & Spiegelhalter (2009), JRSS A 172, section 3; Knapp & Hartung (2003), Statistics in Medicine 22,
    p. 2693; Pustejovsky & Tipton (2022), Prevention Science 23, p. 425.
    """
    every = _effects(estimates)
    primary = every[every["primary"].astype(bool)].drop_duplicates(["stratum", "enterprise"]) if len(every) else every
    rows, members, left_out = [], [], []
    for stratum, part in primary.groupby("stratum", sort=True) if len(primary) else ():
        named = {"stratum": stratum, "grade": int(part["grade"].iloc[0])}
        if len(part) < minimum:
            members.append(part.assign(**named, shrunken=None))
            rows.append(_not_pooled(named, len(part), level))
            continue
        fitted = pool(part["d"], part["v"], method, test, level=level, names=list(part["enterprise"]),
                      grades=list(part["grade"]))  # fmt: skip
        rows += [*_rows(fitted, named), *_moderators(part, named, method, test, level)]
        rows.append(_several(every[every["stratum"] == stratum], named, level))
        members.append(part.assign(**named, shrunken=fitted.details["shrunken"]["estimate"].to_numpy()))
        left_out.append(fitted.details["leave_one_out"].assign(**named))
    columns = ["measure", "subject", "estimate"]
    return Result(
        method="Pooled outcomes",
        reference="Higgins, Thompson & Spiegelhalter (2009), JRSS A 172, section 3; Knapp & Hartung (2003), p. 2693",
        estimates=pd.DataFrame(rows, columns=None if rows else columns),
        details={
            "enterprises": _shown(pd.concat(members, ignore_index=True)) if members else pd.DataFrame(),
            "leave_one_out": pd.concat(left_out, ignore_index=True) if left_out else pd.DataFrame(),
        },
        options={"method": method, "test": test, "minimum": minimum, "level": level},
        not_estimable=None if rows else NotEstimable("synthesis.reasons.nothing_published"),
        inputs={"estimates": fingerprint(every)},
    )


def _effects(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return standardised outcomes with their variance: that of the estimate and that of its yardstick."""
    needed = {"standardised", "yardstick", "se", "grade", "primary"}
    if not needed <= set(estimates.columns):
        return pd.DataFrame(columns=["stratum", "enterprise", "primary"])
    rows = estimates[(estimates["result"] == "outcomes") & estimates["grade"].gt(0)]
    rows = rows.dropna(subset=["standardised", "yardstick", "se"]).sort_values(["group", "enterprise"], kind="stable")
    sign = rows["direction"].map({"lower": -1.0}).fillna(1.0) if "direction" in rows else 1.0
    claim = rows["measure"].map(dict.fromkeys(COMPARISONS, "comparison")).fillna("change")
    d = rows["standardised"].astype(float) * sign
    own = (rows["se"].astype(float) / rows["yardstick"].astype(float)) ** 2
    variance = own + d**2 / (2 * (rows["n"].astype(float) - 1).clip(lower=1))
    ends = rows[["standardised_low", "standardised_high"]].astype(float).mul(sign, axis=0)
    return rows.assign(
        stratum=rows["grade"].astype(int).astype(str) + ":" + claim,
        d=d,
        v=variance,
        d_low=ends.min(axis=1),
        d_high=ends.max(axis=1),
        grade=rows["grade"].astype(int),
    )


def _rows(fitted: Any, named: Mapping[str, Any]) -> list[dict[Any, Any]]:
    table = fitted.estimates.set_index("measure", drop=False)
    shared = {"subject": named["stratum"], **named}
    found: list[dict[Any, Any]] = [{**table.loc[name].to_dict(), **shared} for name in ("prediction", "mean")]
    line = fitted.details["heterogeneity"].iloc[0]
    for name in ("tau2", "I2", "Q"):
        base = {"measure": name, **shared, "estimate": float(line[name]), "n": fitted.k}
        found.append({**base, "low": line.get(f"{name}_low"), "high": line.get(f"{name}_high")})
    found[-1]["p"] = line["Q_p"]
    return found


def _moderators(
    part: pd.DataFrame, named: Mapping[str, Any], method: PoolingMethod, test: PoolingTest, level: float
) -> list[dict[str, Any]]:
    """Ask whether group or region goes with the size of the outcomes: one test each, never a ranking."""
    rows: list[dict[str, Any]] = []
    for name in ("group", "region"):
        row = {"measure": f"moderator_{name}", "subject": named["stratum"], **named, "n": len(part)}
        enough = part[name].nunique() >= 2 and len(part) > part[name].nunique() + 1
        fitted = pool(part["d"], part["v"], method, test, part[name], level) if enough else None
        if fitted is None or fitted.not_estimable is not None:
            rows.append({**row, "reason": "outcomes.reasons.few_enterprises"})
        else:
            explained = 0.0 if fitted.R2 is None or pd.isna(fitted.R2) else float(fitted.R2)
            rows.append({**row, "estimate": explained, "p": fitted.QM_p})
    return rows


def _several(part: pd.DataFrame, named: Mapping[str, Any], level: float) -> dict[Any, Any]:
    """Pool all outcomes of the enterprises at once, those of one enterprise hanging together."""
    fitted = pool_multilevel(part["d"], part["v"], part["enterprise"], rho=TOGETHER, level=level,
                             grades=list(part["grade"]))  # fmt: skip
    rows = fitted.estimates.set_index("measure").to_dict("index")
    return {**rows["mean_robust"], "measure": "mean_several", "subject": named["stratum"], **named}


def _not_pooled(named: Mapping[str, Any], count: int, level: float) -> dict[str, Any]:
    reason = "outcomes.reasons.few_enterprises"
    return {"measure": "mean", "subject": named["stratum"], **named, "n": count, "level": level, "reason": reason}


def _shown(members: pd.DataFrame) -> pd.DataFrame:
    columns = {"stratum": "stratum", "grade": "grade", "enterprise": "enterprise", "group": "group", "region": "region",
               "subject": "outcome", "d": "estimate", "d_low": "low", "d_high": "high", "shrunken": "shrunken",
               "n": "n"}  # fmt: skip
    return members[list(columns)].rename(columns=columns).reset_index(drop=True)
