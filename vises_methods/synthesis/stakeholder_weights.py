"""What persons and stakeholder groups give weight to, kept apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from vises_methods.catalogue import yaml_content
from vises_methods.indicators import IndicatorTree, ahp_weights, budget_weights, pairwise_matrices
from vises_methods.results import NotEstimable, Notice, Result, fingerprint
from vises_methods.study import Enterprise
from vises_methods.synthesis.own_framework import own_weights, weight_labels

CONTRADICTS = 0.10
RECONSIDER = ("person", "first", "second", "judged", "implied")
_BUDGETS = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, pp. 96-99"


def weights_of_persons(case: Enterprise, tree: IndicatorTree, /) -> Result:
    """Return the weights that each person gave, by points or by pairs, and what those of a group come to.

    Parameters
    ----------
    case : Enterprise
    tree : IndicatorTree
        Weights of dimensions that are not in it are left out.

    Returns
    -------
    Result
        Rows ``weight`` per group and dimension (``group``; ``estimate`` the mean share, ``low`` and ``high`` the lowest
        and highest person, ``sd``, ``n`` persons), ``agreement_within`` per group (Kendall's W), and
        ``consistency_ratio`` per person who judged pairs. ``details["persons"]``: person, group, way (points, pairs),
        dimension shares; ``["reconsider"]``: of each person whose judgements contradict one another (ratio above
        0.10), the pair furthest from what that person's answers imply together, as judged and as implied. A group of
        fewer persons than the study's ``privacy.minimum_cell`` is withheld, and told. Not estimable where no person's
        answers are kept, or may be shown.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, pp. 96-99; Saaty (1980), The Analytic Hierarchy
    Process.
    """
    least = case.study.privacy.minimum_cell
    given, few_points = _of_enough_persons(case.weight_budgets, least)
    judged, few_pairs = _of_enough_persons(case.weight_judgements, least)
    small = few_points | few_pairs
    withheld = (Notice("synthesis.notices.weights_withheld", {"count": len(small), "least": least}),) if small else ()
    if given.empty and judged.empty:
        empty = pd.DataFrame(columns=["measure", "subject", "estimate"])
        reason = NotEstimable(
            "synthesis.reasons.few_persons_weights" if small else "synthesis.reasons.no_persons_weights"
        )
        return Result("weights of persons", _BUDGETS, empty, notices=withheld, not_estimable=reason)
    rows, persons, reconsider = [], [], pd.DataFrame(columns=list(RECONSIDER))
    if len(given):
        found = _by_points(given)
        rows.append(found.estimates)
        persons.append(_persons(found.details["persons"], _groups(given), "points"))
    if len(judged):
        matrices = pairwise_matrices(_as_ratios(judged))
        found = _by_pairs(matrices, _groups(judged))
        rows.append(found.estimates)
        persons.append(_persons(found.details["persons"], _groups(judged), "pairs"))
        reconsider = _reconsider(matrices, found)
    return Result(
        method="weights of persons",
        reference=f"{_BUDGETS}; Saaty (1980), The Analytic Hierarchy Process",
        estimates=pd.concat(rows, ignore_index=True),
        details={"persons": pd.concat(persons, ignore_index=True), "reconsider": reconsider},
        notices=withheld,
        inputs={"budgets": fingerprint(given), "judgements": fingerprint(judged)},
    ).labelled({**tree.labels(), **_group_names(case)})


def group_weights(case: Enterprise, persons: Result, /) -> dict[str, dict[str, float]]:
    """Return points per dimension for each stakeholder group: of its persons where they are kept, else as noted.

    Parameters
    ----------
    case : Enterprise
    persons : Result
        From :func:`weights_of_persons`.

    Returns
    -------
    dict of str to dict of str to float
        By the identifier of the set in ``framework.yml``; a group that has none there, or several, goes by its own
        identifier beside them.
    """
    sets = own_weights(case)
    if persons.not_estimable is not None:
        return sets
    entries = (case.framework or {}).get("weights") or []
    times = Counter(entry["stakeholder_group"] for entry in entries)
    noted = {group: entry["id"] for entry in entries if times[group := entry["stakeholder_group"]] == 1}
    rows = persons.estimates[persons.estimates["measure"] == "weight"]
    for group, own in rows.groupby("group", sort=False):
        shares = dict(zip(own["subject"], own["estimate"] * 100, strict=True))
        sets[noted.get(str(group), str(group))] = shares
    return sets


def group_weight_labels(case: Enterprise, /) -> dict[str, Mapping[str, str]]:
    """Return what each set of weights is called, by language."""
    return {**_group_names(case), **weight_labels(case)}


def _of_enough_persons(answers: pd.DataFrame, least: int) -> tuple[pd.DataFrame, set[str]]:
    """The answers of groups of which enough persons gave one, and the groups of fewer: a mean of one is that person."""
    if answers.empty:
        return answers, set()
    persons = _groups(answers).value_counts()
    small = {str(group) for group in persons.index[persons < least]}
    return answers[~answers["stakeholder_group"].astype(str).isin(small)], small


def _by_points(given: pd.DataFrame) -> Result:
    points = given.pivot(index="respondent", columns="dimension", values="points")
    found = budget_weights(points, groups=_groups(given), total=100)
    return replace(found, estimates=found.estimates[found.estimates["measure"] != "agreement_between"])


def _by_pairs(matrices: Mapping[str, pd.DataFrame], groups: pd.Series) -> Result:
    found = ahp_weights(matrices, groups=groups)
    rows = found.estimates[~found.estimates["measure"].isin(("weight", "agreement_between"))]
    rows = rows.replace({"measure": {"group_weight": "weight"}})
    if len(matrices) == 1:
        rows = pd.concat([_alone(found.details["persons"], groups), rows], ignore_index=True)
    return replace(found, estimates=rows)


def _groups(answers: pd.DataFrame) -> pd.Series:
    return answers.drop_duplicates("respondent").set_index("respondent")["stakeholder_group"]


def _persons(shares: pd.DataFrame, groups: pd.Series, way: str) -> pd.DataFrame:
    frame = shares.reset_index(names="person")
    frame.insert(1, "group", frame["person"].map(groups))
    frame.insert(2, "way", way)
    return frame


def _alone(persons: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """One person's judgements are the group's."""
    name, shares = persons.index[0], persons.iloc[0]
    rows = {"measure": "weight", "subject": shares.index.astype(str), "estimate": shares.to_numpy()}
    limits = {"low": shares.to_numpy(), "high": shares.to_numpy(), "n": 1, "coverage": 1.0}
    return pd.DataFrame({**rows, **limits, "unit": "share", "group": groups[name]})


def _as_ratios(judged: pd.DataFrame) -> pd.DataFrame:
    strength = judged["strength"].astype(float)
    ratio = strength.where(judged["preferred"] != "second", 1 / strength)
    return judged.rename(columns={"respondent": "person"}).assign(judgement=ratio)


def _reconsider(matrices: Mapping[str, pd.DataFrame], found: Result) -> pd.DataFrame:
    ratios = found.estimates[found.estimates["measure"] == "consistency_ratio"].set_index("subject")["estimate"]
    rows = []
    for person, matrix in matrices.items():
        if not ratios[person] > CONTRADICTS:
            continue
        weights = found.details["persons"].loc[person].reindex(matrix.index).to_numpy(dtype=float)
        ratio, implied = matrix.to_numpy(dtype=float), weights[:, None] / weights[None, :]
        off = np.triu(np.abs(np.log(ratio / implied)), 1)
        i, j = (int(place) for place in np.unravel_index(int(off.argmax()), off.shape))
        items = [str(item) for item in matrix.index]
        rows.append((person, items[i], items[j], float(ratio[i, j]), float(implied[i, j])))
    return pd.DataFrame(rows, columns=list(RECONSIDER))


def _group_names(case: Enterprise) -> dict[str, Mapping[str, str]]:
    content = yaml_content(case.codebook.read_text(encoding="utf-8"))
    return {group["id"]: group["label"] for group in content["stakeholder_groups"]}
