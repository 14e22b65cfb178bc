"""The specification curve: one comparison made in every way that could be defended, shown together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vises_methods.errors import InputError
from vises_methods.outcomes.comparison import waves_and_arms
from vises_methods.outcomes.inference import estimate_row, missing_row, share
from vises_methods.outcomes.regression import coefficient, covariate_columns
from vises_methods.outcomes.requirements import (
    Floats,
    as_names,
    cluster_codes,
    numbers,
    require_columns,
    require_option,
    require_range,
)
from vises_methods.outcomes.specifications_joint import Specified, joint_test
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

SpecificationModel = Literal["difference_in_differences", "ancova", "after"]
MODELS: tuple[str, ...] = ("difference_in_differences", "ancova", "after")
SpecificationSample = Literal["everyone", "without_outliers"]
SAMPLES: tuple[str, ...] = ("everyone", "without_outliers")
CHOICES = ("outcome", "model", "covariates", "sample", "weights")
_OUTLYING = 3 * 1.4826


@dataclass(frozen=True)
class _People:
    """One row per respondent: ``before`` and ``after`` hold the outcomes of the two waves, ``traits`` the rest."""

    before: pd.DataFrame
    after: pd.DataFrame
    traits: pd.DataFrame
    served: Floats
    clusters: pd.Series


def specification_curve(
    frame: pd.DataFrame,
    outcome: str | Sequence[str],
    arm: str = "arm",
    wave: str = "wave",
    clusters: str | None = None,
    *,
    respondent: str | Sequence[str] = "respondent",
    covariates: Sequence[str] | None = None,
    models: Sequence[SpecificationModel] = ("difference_in_differences", "ancova", "after"),
    samples: Sequence[SpecificationSample] = ("everyone", "without_outliers"),
    weights: str | None = None,
    planned: Mapping[str, str] | None = None,
    before: float | None = None,
    after: float | None = None,
    permutations: int = 499,
    seed: int = 0,
    level: float = 0.95,
    unit: str | None = None,
) -> Result:
    """Make one comparison in every way that could be defended, so that none can be picked for its result.

    Use it beside the analysis that the plan named, to show how far its answer hangs on choices that others could have
    made. It tells nothing about a bias that all ways share: where no comparison is alike, all may be wrong together.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent and wave.
    outcome : str or sequence of str
        One outcome, or several ways of measuring it in one unit.
    arm, wave : str
        As in :func:`difference_in_differences`.
    clusters : str, optional
        People count as independent without it.
    respondent : str or sequence of str
    covariates : sequence of str, optional
        As at the first wave: none, each alone, and all of them are tried.
    models : sequence of str
        "difference_in_differences" of people seen twice, "ancova" with the value before as a covariate, "after": those
        seen at the end, whatever they were before.
    samples : sequence of str
        "everyone", or "without_outliers": without people whose change lies over three (normal) deviations from the
        median change, by the median absolute deviation.
    weights : str, optional
        A column, for instance of drop-out weights, with which and without which each way is made.
    planned : mapping, optional
        The choices of the plan, as in ``{"model": "ancova", "covariates": "none"}``; choices that it leaves out may
        be any.
    before, after : number, optional
        The two waves; the first and the last by default.
    permutations, seed : int
        Of the test of all ways together; where there are no more ways to assign the clusters, all are counted.
    level : float
    unit : str, optional

    Returns
    -------
    Result
        One row per way, by size (those not estimable last), ``measure`` "specification" and ``subject`` its place;
        CR2 ``se`` and ``df``; the choices as columns ``outcome, model, covariates, sample, weights``, and ``planned``.
        ``details["joint"]``: the ``median`` estimate, the share of ways whose interval is on the median's side of
        nought (``share_significant``) and the mean z value times root k (``stouffer_z``), each with the share of
        random assignments of the clusters as extreme. ``details["choices"]``: the choices that vary, in long form.

    Raises
    ------
    InputError
        On missing columns, unknown options, a respondent twice in a wave, or a plan with an unknown choice.

    References
    ----------
    Simonsohn, U., Simmons, J. P. and Nelson, L. D. (2020). Specification curve analysis. Nature Human Behaviour
    4:1208-1214.

    Examples
    --------
    >>> frame = pd.DataFrame({"respondent": np.repeat(range(8), 2), "wave": [0, 1] * 8, "arm": [1] * 8 + [0] * 8,
    ...                       "y": [1, 4, 2, 4, 1, 3, 2, 5, 1, 2, 3, 3, 2, 2, 1, 2.]})
    >>> result = specification_curve(frame, "y", samples=["everyone"])
    >>> result.estimates[["subject", "model", "estimate"]].round(2).values.tolist()
    [['1', 'after', 1.75], ['2', 'ancova', 1.9], ['3', 'difference_in_differences', 2.0]]
    """
    where = "specification_curve"
    used: dict[str, Any] = {
        "outcome": as_names(outcome), "arm": arm, "wave": wave, "clusters": clusters,
        "respondent": as_names(respondent), "covariates": list(covariates or []), "models": list(models),
        "samples": list(samples), "weights": weights, "planned": dict(planned or {}), "before": before, "after": after,
        "permutations": permutations, "seed": seed, "level": level, "unit": unit,
    }  # fmt: skip
    columns = [
        *used["outcome"],
        arm,
        wave,
        *used["respondent"],
        *used["covariates"],
        *as_names(clusters),
        *as_names(weights),
    ]
    require_columns(frame, columns, where)
    options = _options(used)
    _require_options(options, used, where)
    first, last, served, reason = waves_and_arms(frame, arm, wave, before, after, where)
    ways = [dict(zip(CHOICES, way, strict=True)) for way in product(*options.values())]
    rows, joint = [missing_row("specification", "", reason or "", level=level, unit=unit) for _ in ways], None
    if not reason:
        used |= {"before": first, "after": last}
        rows, joint = _all_ways(_people(frame.assign(__served=served), used, where), ways, used, where)
    curve = _curve(rows, ways, dict(planned or {}))
    return Result(
        method="specification curve",
        reference="Simonsohn, Simmons and Nelson 2020",
        estimates=curve,
        details={"choices": _choices(curve, options)} | ({} if joint is None else {"joint": joint}),
        options=used,
        notices=() if clusters else (Notice("outcomes.notices.independent_people", {}),),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"frame": fingerprint(frame[[*dict.fromkeys(columns)]])},
    )


def _options(used: Mapping[str, Any]) -> dict[str, list[str]]:
    adjusted = ["none", *used["covariates"], *(["all"] if len(used["covariates"]) > 1 else [])]
    weighted = ["unweighted", *(["weighted"] if used["weights"] else [])]
    options = (used["outcome"], used["models"], adjusted, used["samples"], weighted)
    return dict(zip(CHOICES, options, strict=True))


def _require_options(options: Mapping[str, Sequence[str]], used: Mapping[str, Any], where: str) -> None:
    for model in used["models"]:
        require_option(model, MODELS, f"{where}(models=)")
    for sample in used["samples"]:
        require_option(sample, SAMPLES, f"{where}(samples=)")
    require_range(used["level"], 0, 1, f"{where}(level=)")
    require_range(used["permutations"], 0, 1e6, f"{where}(permutations=)")
    for choice, chosen in used["planned"].items():
        require_option(choice, CHOICES, f"{where}(planned=)")
        require_option(chosen, options[choice], f"{where}(planned={choice})")


def _all_ways(
    people: _People, ways: Sequence[Mapping[str, str]], used: Mapping[str, Any], where: str
) -> tuple[list[dict[str, Any]], pd.DataFrame | None]:
    names = {"none": [], "all": used["covariates"]}
    chosen = dict.fromkeys(way["covariates"] for way in ways)
    adjust = {one: covariate_columns(people.traits, names.get(one, [one]), where) for one in chosen}
    specified = [_specified(people, way, adjust[way["covariates"]], used, where) for way in ways]
    rows = [_row(one, len(people.served), used) for one in specified]
    usable = [one for one in specified if one.usable]
    return rows, joint_test(usable, people.served, people.clusters, used["permutations"], used["seed"], used["level"])


def _people(frame: pd.DataFrame, used: Mapping[str, Any], where: str) -> _People:
    """Return everyone seen at either wave; traits are those of the first wave where it saw them."""
    keys, outcomes = list(used["respondent"]), list(used["outcome"])
    early, late = (frame[frame[used["wave"]] == used[side]].set_index(keys) for side in ("before", "after"))
    for side in (early, late):
        if side.index.has_duplicates:
            twice = str(side.index[side.index.duplicated()][0])
            raise InputError("outcomes.errors.duplicated", f"{where}(respondent=)", respondent=twice)
    everyone = early.index.union(late.index)
    traits = early.reindex(everyone).combine_first(late.reindex(everyone))
    if used["weights"]:
        traits[used["weights"]] = late[used["weights"]].reindex(everyone)
    values = [
        pd.DataFrame({name: numbers(side[name].reindex(everyone), where, name) for name in outcomes}, index=everyone)
        for side in (early, late)
    ]
    served = traits["__served"].to_numpy(dtype=float)
    before, after, traits = (part.reset_index(drop=True) for part in (*values, traits))
    clusters = traits[used["clusters"]] if used["clusters"] else pd.Series(np.arange(len(served)))
    return _People(before, after, traits, served, clusters)


def _specified(
    people: _People, way: Mapping[str, str], adjust: pd.DataFrame, used: Mapping[str, Any], where: str
) -> Specified:
    """Return the response and the design that one way asks for, people with a missing value left out."""
    before, after = (side[way["outcome"]].to_numpy() for side in (people.before, people.after))
    response = after - before if way["model"] == "difference_in_differences" else after
    if way["model"] == "ancova":
        adjust = adjust.assign(__before=before)
    others = np.column_stack([np.ones(len(response)), adjust.to_numpy(dtype=float)])
    keep = ~np.isnan(response) & ~np.isnan(people.served) & ~np.isnan(others).any(axis=1)
    if way["sample"] == "without_outliers":
        keep &= ~_outlying(after - before)
    weights = None
    if way["weights"] == "weighted":
        weights = numbers(people.traits[used["weights"]], where, used["weights"])
        keep &= ~np.isnan(weights)
    keep &= people.clusters.notna().to_numpy()
    return Specified(
        response[keep], people.served[keep], others[keep], cluster_codes(people.clusters[keep]),
        None if weights is None else weights[keep], np.flatnonzero(keep),
    )  # fmt: skip


def _outlying(change: Floats) -> NDArray[np.bool_]:
    if np.isnan(change).all():
        return np.zeros(len(change), dtype=np.bool_)
    centre = np.nanmedian(change)
    spread = np.nanmedian(np.abs(change - centre))
    if not spread > 0:
        return np.zeros(len(change), dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(change - centre) > _OUTLYING * spread)


def _row(one: Specified, asked: int, used: Mapping[str, Any]) -> dict[str, Any]:
    n = len(one.response)
    groups = int(one.codes.max()) + 1 if n and used["clusters"] else None
    known = {"n": n, "coverage": share(n, asked), "level": used["level"], "unit": used["unit"], "clusters": groups}
    if not one.usable:
        return missing_row("specification", "", "outcomes.reasons.few_people", **known)
    design = np.column_stack([one.served, one.others])
    codes = one.codes if used["clusters"] else None
    found = coefficient(design, one.response, 0, codes=codes, se="CR2", weights=one.weights)
    if found.se <= 1e-12 * max(1.0, float(np.abs(one.response).max())):
        return missing_row("specification", "", "outcomes.reasons.no_variation", **known)
    return estimate_row("specification", "", found.estimate, found.se, found.df, **known)


def _curve(
    rows: Sequence[Mapping[str, Any]], ways: Sequence[Mapping[str, str]], planned: Mapping[str, str]
) -> pd.DataFrame:
    named = [bool(planned) and planned.items() <= way.items() for way in ways]
    table = pd.DataFrame([{**row, **way} for row, way in zip(rows, ways, strict=True)]).assign(planned=named)
    table["estimate"] = table["estimate"].astype(float)
    table = table.sort_values("estimate", kind="stable", na_position="last").reset_index(drop=True)
    return table.assign(subject=[str(place + 1) for place in range(len(table))])


def _choices(curve: pd.DataFrame, options: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    varying = [choice for choice in CHOICES if len(options[choice]) > 1]
    long = curve.rename(columns={"subject": "specification"}).melt(
        id_vars="specification", value_vars=varying, var_name="choice", value_name="option"
    )
    return long[["specification", "choice", "option"]]
