"""Which choice moves which score: Sobol indices of first and of total order, for each unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import qmc

from vises_methods.errors import InputError
from vises_methods.indicators.alternatives import Alternatives
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import Cells
from vises_methods.indicators.composite import Composite, Recipe, compose
from vises_methods.indicators.inputs import require_kind
from vises_methods.indicators.simulation import Study, ranks_of, simulate, study_of, without_scoreless
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.indicators.uncertainty import positions
from vises_methods.randomness import generator
from vises_methods.results import Notice, Result, fingerprint

RANK_SHIFT = "mean_rank_shift"
_REFERENCE = (
    "Saltelli and others (2010), Computer Physics Communications 181, 259-270; Jansen (1999), ibidem 117, 35-43"
)
_NEGLIGIBLE = 1e-12
_REASON = (None, "indicators.reasons.nothing_moves", "indicators.reasons.not_in_every_run")


def sobol_sensitivity(
    values: pd.DataFrame | Cells,
    tree: IndicatorTree,
    recipe: Recipe | Mapping[str, Any] | None,
    alternatives: Alternatives,
    /,
    *,
    draws: int = 512,
    seed: int = 0,
    level: float = 0.95,
    resamples: int = 200,
    node: str | None = None,
) -> Result:
    """Share the variance of each unit's score out over the choices that cause it.

    Use it to learn which choice a unit should discuss: what matters for one unit need not matter on average.

    Parameters
    ----------
    values, tree, recipe, alternatives
        As in :func:`uncertainty`; at least two choices must vary.
    draws : int
        Base sample N; the model runs N × (choices + 2) times. Best a power of two.
    seed : int
    level : float
        Of the bootstrap intervals, in which the variance is drawn anew each time.
    resamples : int
    node : str, optional
        The heading whose score is studied; by default the first root.

    Returns
    -------
    Result
        Per unit and choice (column ``factor``), rows ``first`` (alone) and ``total`` (with all its interactions), with
        ``n`` = N; then the same for ``mean_rank_shift``, the mean absolute change of rank over all units. A unit whose
        score none of the choices moves has a reason. ``details["design"]``: the runs (A, B, then A with each
        column from B) and the mean rank shift of each.

    References
    ----------
    First order: Saltelli and others (2010), Computer Physics Communications 181, 259-270, table 2(b); total order:
    Jansen (1999), Computer Physics Communications 117, 35-43.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "min": [None, 0, 0], "max": [None, 10, 10]}
    >>> values = pd.DataFrame({"a": [2.0, 5.0], "b": [9.0, 5.0]}, index=["u", "v"])
    >>> choices = {"aggregation": ["arithmetic", "geometric"], "weights": [None, {"a": 3}]}
    >>> tree = IndicatorTree.from_frame(pd.DataFrame(nodes))
    >>> rows = sobol_sensitivity(values, tree, None, choices, draws=64).estimates.set_index(["subject", "measure"])
    >>> rows.loc[("v", "total"), "reason"].unique().tolist()
    ['indicators.reasons.nothing_moves']
    """
    _check(draws, level, resamples)
    chosen = Recipe.of(recipe)
    study = study_of(values, tree, chosen, alternatives, draws, seed)
    if len(study.factors) < 2:
        raise InputError("indicators.errors.two_factors", "sobol_sensitivity(alternatives)")
    heading = _heading(study, node)
    nominal = compose(values, tree, chosen)
    estimates, design = shares_of_variance(
        study, nominal, heading, draws=draws, seed=seed, level=level, resamples=resamples
    )
    enough = draws & (draws - 1) == 0
    return Result(
        method="variance-based sensitivity analysis",
        reference=_REFERENCE,
        estimates=estimates,
        details={"design": design},
        options={
            "recipe": dict(nominal.options),
            "alternatives": {factor.name: [c.label for c in factor.choices[:50]] for factor in study.factors},
            "draws": draws,
            "seed": seed,
            "level": level,
            "resamples": resamples,
            "node": heading,
        },
        notices=(
            *nominal.notices,
            *(() if enough else (Notice("indicators.notices.no_power_of_two", {"draws": draws}),)),
        ),
        inputs={**nominal.inputs, "tree": fingerprint(tree.to_frame())},
    )


def shares_of_variance(
    study: Study, nominal: Composite, heading: str, *, draws: int, seed: int, level: float, resamples: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run the design and share out what moves one heading: the estimates, and the runs with their mean rank shift."""
    design = positions(saltelli_design(draws, len(study.factors), seed), study.factors)
    position = study.structure.nodes.index(heading)
    scores = np.concatenate(
        [without_scoreless(part, study, nominal, where)[:, :, position] for where, part in simulate(study, design)],
        axis=1,
    )
    own = nominal.scores[heading].to_numpy()[None, :]
    shift = _mean_of_known(np.abs(ranks_of(scores) - ranks_of(own)))
    outputs = np.column_stack([scores, shift])
    subjects = [*study.units.astype(str), RANK_SHIFT]
    coverage = nominal.coverage[heading].to_numpy()
    estimates = _estimates(outputs, subjects, study, draws, seed, level, resamples, coverage)
    runs = pd.DataFrame(design, columns=[factor.name for factor in study.factors])
    return estimates, runs.assign(mean_rank_shift=shift).rename_axis("run")


def saltelli_design(draws: int, factors: int, seed: int) -> Floats:
    """A, then B, then A with each of its columns from B, one below the other; a scrambled Sobol sequence."""
    sampler = qmc.Sobol(2 * factors, rng=generator(seed, "sobol"))
    points = sampler.random_base2(int(np.ceil(np.log2(draws))))[:draws]
    first, second = points[:, :factors], points[:, factors:]
    mixed = [np.where(np.arange(factors) == column, second, first) for column in range(factors)]
    return np.concatenate([first, second, *mixed], axis=0)


def sobol_indices(outputs: Floats, draws: int, mass: Floats | None = None) -> tuple[Floats, Floats]:
    """First and total order (…, factors, outputs) from the outputs of a Saltelli design (runs × outputs).

    ``mass`` (resamples × draws) weighs the draws, for the bootstrap; the variance is then that of the resample.
    """
    outputs = outputs - outputs[: 2 * draws].mean(axis=0)
    first, second, mixed = (
        outputs[:draws],
        outputs[draws : 2 * draws],
        outputs[2 * draws :].reshape(-1, draws, outputs.shape[1]),
    )
    weight = np.full((1, draws), 1 / draws) if mass is None else mass
    mean = weight @ (first + second) / 2
    variance = weight @ (first**2 + second**2) / 2 - mean**2
    alone = np.stack([weight @ (second * (column - first)) for column in mixed], axis=1)
    together = np.stack([weight @ ((first - column) ** 2) / 2 for column in mixed], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        indices = alone / variance[:, None, :], together / variance[:, None, :]
    return (indices[0][0], indices[1][0]) if mass is None else indices


def _estimates(
    outputs: Floats,
    subjects: list[str],
    study: Study,
    draws: int,
    seed: int,
    level: float,
    resamples: int,
    coverage: Floats,
) -> pd.DataFrame:
    moved = np.nanmax(np.abs(outputs - outputs[:1]), axis=0, initial=0.0)
    still = ~(moved > _NEGLIGIBLE * np.maximum(np.abs(outputs[0]), 1)) | np.isnan(outputs).any(axis=0)
    broken = np.asarray(np.isnan(outputs).any(axis=0))
    reasons = [_REASON[int(stays) + int(lost)] for stays, lost in zip(still, broken, strict=True)]
    safe = np.where(np.isnan(outputs), 0.0, outputs)
    counts = generator(seed, "sobol_bootstrap").multinomial(draws, np.full(draws, 1 / draws), size=resamples)
    point = sobol_indices(safe, draws)
    spread = sobol_indices(safe, draws, counts / draws)
    tail = (1 - level) / 2
    limits = np.stack([np.quantile(drawn, [tail, 1 - tail], axis=0) for drawn in spread], axis=1)
    estimate, low, high = (np.where(still, np.nan, part).reshape(-1) for part in (np.stack(point), *limits))
    names, times = [factor.name for factor in study.factors], 2 * len(study.factors)
    return pd.DataFrame(
        {
            "measure": np.repeat(["first", "total"], len(names) * len(subjects)),
            "subject": subjects * times,
            "factor": np.tile(np.repeat(names, len(subjects)), 2),
            "estimate": estimate,
            "low": low,
            "high": high,
            "level": level,
            "n": draws,
            "coverage": [*coverage, 1.0] * times,
            "unit": "share of variance",
            "reason": reasons * times,
        }
    )


def _mean_of_known(shifts: Floats) -> Floats:
    """Over the units that have a rank in the run and in the recipe; empty where none has."""
    known = ~np.isnan(shifts)
    counts = known.sum(axis=1)
    sums = np.where(known, shifts, 0.0).sum(axis=1)
    means: Floats = np.divide(sums, counts, out=np.full(len(shifts), np.nan), where=counts > 0)
    return means


def _heading(study: Study, node: str | None) -> str:
    names = study.structure.nodes
    if node is None:
        return next(code for code in names if study.tree.node(code).parent is None)
    if node not in names:
        raise InputError("unknown_option", "sobol_sensitivity(node=)", value=node, allowed=list(names))
    return node


def _check(draws: int, level: float, resamples: int) -> None:
    require_kind(draws, (int, np.integer), "sobol_sensitivity(draws=)", "int")
    if draws < 8:
        raise InputError("out_of_range", "sobol_sensitivity(draws=)", value=draws, allowed="≥ 8")
    if resamples < 20:
        raise InputError("out_of_range", "sobol_sensitivity(resamples=)", value=resamples, allowed="≥ 20")
    if not 0 < level < 1:
        raise InputError("out_of_range", "sobol_sensitivity(level=)", value=level, allowed="0-1")
