"""All enterprises of a study together, by group and region: what is there and how varied it is, never a ranking."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from vises_methods.qualitative.confidentiality import SMALL_CELL
from vises_methods.results import ESTIMATE_COLUMNS, NotEstimable, Notice, Result, fingerprint
from vises_methods.study import EnterpriseCard

TABLES = ("documents", "codings", "indicators", "survey", "series", "decisions")


def collected_by_enterprise(cards: Sequence[EnterpriseCard], estimates: pd.DataFrame, /) -> Result:
    """Show what each enterprise has collected, by name within its group.

    Parameters
    ----------
    cards : sequence of EnterpriseCard
    estimates : DataFrame
        From :func:`all_estimates`.

    Returns
    -------
    Result
        One row per enterprise and table, ``measure`` the table, ``subject`` the enterprise, ``estimate`` its rows;
        ``group`` and ``region`` beside.
    """
    rows = estimates[(estimates["result"] == "completeness") & estimates["subject"].isin(TABLES)]
    counted = rows.assign(measure=rows["subject"], subject=rows["enterprise"])
    counted = counted.filter(items=[*ESTIMATE_COLUMNS, "group", "region"])
    names = enterprise_names(cards)
    return _portfolio("What has been collected", counted, "Wang & Strong (1996), JMIS 12(4), p. 20").labelled(names)


def enterprise_names(cards: Sequence[EnterpriseCard], /) -> dict[str, dict[str, str]]:
    """Return what the enterprises are called, by identifier and language."""
    return {card.id: dict.fromkeys(("fr", "nl", "en"), card.name) for card in cards}


def codes_by_group(estimates: pd.DataFrame, /, *, minimum: int = 3) -> Result:
    """Count in how many enterprises of each group a code is heard.

    Parameters
    ----------
    estimates : DataFrame
        From :func:`all_estimates`.
    minimum : int
        A group with fewer enterprises is not shown: its enterprises would be told apart.

    Returns
    -------
    Result
        One row per code and group: ``estimate`` the share of the group's enterprises in which the code is heard, in
        texts that may be counted; n the enterprises of which it is known, coverage their share of those with coded
        texts: where the only mention of a code is withheld, it is not known. Fewer known than the minimum: a reason.
    """
    rows = estimates[estimates["result"] == "patterns"]
    if rows.empty:
        return _portfolio("Codes by group", rows, "Miles, Huberman & Saldaña (2014), chapter 5")
    heard = rows.assign(heard=rows["segments"].gt(0), unsure=rows["reason"].eq(SMALL_CELL).fillna(False))
    by_enterprise = heard.groupby(["code", "group", "enterprise"])[["heard", "unsure"]].any().reset_index()
    sizes = by_enterprise.groupby("group")["enterprise"].nunique()
    known = by_enterprise[by_enterprise["heard"] | ~by_enterprise["unsure"]]
    found = known.groupby(["code", "group"])["heard"].agg(["mean", "size"])
    every = by_enterprise[["code", "group"]].drop_duplicates().set_index(["code", "group"]).index
    shares = found.reindex(every).rename(columns={"mean": "estimate", "size": "n"}).reset_index()
    shares["n"] = shares["n"].fillna(0).astype(int)
    shares["coverage"] = shares["n"] / shares["group"].map(sizes)
    shares.loc[shares["n"] < minimum, "estimate"] = np.nan
    large = shares[shares["group"].map(sizes) >= minimum]
    reason = pd.Series("synthesis.reasons.too_few_known", index=large.index).where(large["estimate"].isna(), None)
    table = large.assign(measure="share", subject=large["code"] + " × " + large["group"], unit="share", reason=reason)
    small = sorted(sizes[sizes < minimum].index)
    return _portfolio("Codes by group", table, "Miles, Huberman & Saldaña (2014), chapter 5", small)


def dimensions_by_group(estimates: pd.DataFrame, /, *, dimensions: Sequence[str], minimum: int = 3) -> Result:
    """Show how the dimensions vary within each group: the middle half and the extent, no names, no order.

    Parameters
    ----------
    estimates : DataFrame
        From :func:`all_estimates`.
    dimensions : sequence of str
        The codes of the framework's dimensions.
    minimum : int
        A group with fewer scored enterprises is not shown.

    Returns
    -------
    Result
        One row per dimension and group: ``estimate`` the median score, ``low`` and ``high`` the lowest and highest, n
        the enterprises with a score, ``coverage`` the mean coverage of their scores.
    """
    rows = estimates[(estimates["result"] == "headings") & estimates["measure"].isin(list(dimensions))]
    scored = rows.dropna(subset=["estimate"])
    if scored.empty:
        return _portfolio("Dimensions by group", scored, "OECD/JRC (2008), Handbook, step 9, pp. 39-41")
    grouped = scored.groupby(["measure", "group"])
    table = pd.DataFrame(
        {
            "estimate": grouped["estimate"].median(),
            "low": grouped["estimate"].min(),
            "high": grouped["estimate"].max(),
            "n": grouped["estimate"].count(),
            "coverage": grouped["coverage"].mean(),
        }
    ).reset_index()
    large = table[table["n"] >= minimum]
    small = sorted(set(table["group"]) - set(large["group"]))
    named = large.assign(subject=large["group"], unit="score", reason=None)
    return _portfolio("Dimensions by group", named, "OECD/JRC (2008), Handbook, step 9, pp. 39-41", small)


def claims_by_group(estimates: pd.DataFrame, /) -> Result:
    """Count the outcomes of each group by the grade of what may be said of them.

    Returns
    -------
    Result
        One row per group and grade: ``estimate`` the number of outcomes, n the enterprises they come from. Outcomes of
        different grades are counted apart and never pooled.
    """
    rows = estimates[estimates["result"] == "outcomes"].dropna(subset=["estimate"])
    if rows.empty:
        return _portfolio("Claims by group", rows, "Guyatt et al. (2008), BMJ 336, p. 924")
    grouped = rows.groupby(["group", "grade"])
    table = pd.DataFrame({"estimate": grouped.size(), "n": grouped["enterprise"].nunique()}).reset_index()
    table = table.astype({"estimate": float, "grade": int})
    named = table.assign(measure="outcomes", subject=table["group"] + " × " + table["grade"].astype(str), unit="count")
    return _portfolio("Claims by group", named.assign(reason=None), "Guyatt et al. (2008), BMJ 336, p. 924")


def _portfolio(method: str, rows: pd.DataFrame, reference: str, small: Sequence[str] = ()) -> Result:
    reason = "groups_too_small" if small else "nothing_published"
    shown = rows.reset_index(drop=True) if len(rows) else pd.DataFrame(columns=["measure", "subject", "estimate"])
    return Result(
        method=method,
        reference=reference,
        estimates=shown,
        notices=(Notice("synthesis.notices.small_groups", {"groups": list(small)}),) if small else (),
        not_estimable=None if len(rows) else NotEstimable(f"synthesis.reasons.{reason}"),
        inputs={"estimates": fingerprint(shown)},
    )
