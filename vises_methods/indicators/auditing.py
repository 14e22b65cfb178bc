"""All checks of a composite in one: verdicts, the figure behind each, and the tables that they stand on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.indicators.alternatives import Alternatives
from vises_methods.indicators.audit_tables import (
    alphas,
    components,
    interval_widths,
    scale_use,
    shares_of_variance,
    state_counts,
    treatment,
    weights_exerted,
)
from vises_methods.indicators.cells import Cells
from vises_methods.indicators.composite import Composite, Recipe, compose
from vises_methods.indicators.inputs import require_kind
from vises_methods.indicators.outliers import treat_outliers
from vises_methods.indicators.quality import importance, tree_quality
from vises_methods.indicators.removal import removal
from vises_methods.indicators.sobol import sobol_sensitivity
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.indicators.uncertainty import uncertainty
from vises_methods.results import Result, fingerprint

VERDICTS = ("yes", "no", "read")
_LEAST_SAMPLE, _RUNS_PER_POINT = 64, 8


@dataclass(frozen=True)
class Thresholds:
    """Where a figure stops passing.

    Attributes
    ----------
    coverage : float
        Least share of units with a value, per indicator.
    alpha : float
        Least Cronbach's alpha under a heading: below it, read.
    off_weight : float
        Largest distance between the importance that a node exerts and its weight.
    rank_shift : float
        Largest mean shift of rank when one element is left out, as a share of the number of units.
    certain : float
        Least share of pairs of units whose order holds in 95 of 100 draws.
    """

    coverage: float = 0.65
    alpha: float = 0.7
    off_weight: float = 0.25
    rank_shift: float = 0.1
    certain: float = 0.5


def audit(
    values: pd.DataFrame | Cells,
    tree: IndicatorTree,
    recipe: Recipe | Mapping[str, Any] | None = None,
    alternatives: Alternatives | None = None,
    /,
    *,
    thresholds: Thresholds | None = None,
    draws: int = 1000,
    sensitivity: bool = True,
    seed: int = 0,
) -> Result:
    """Run every check of a composite, and give each a verdict.

    Use it before a framework is used in earnest, and put its document beside the scores.

    Parameters
    ----------
    values, tree, recipe
        As in :func:`compose`.
    alternatives : mapping, optional
        As in :func:`uncertainty`; without, the order of units is not tested.
    thresholds : Thresholds, optional
    draws, seed : int
        Of the uncertainty.
    sensitivity : bool
        Whether the variance is shared out over the choices too (Sobol); it needs at least two alternatives.

    Returns
    -------
    Result
        One row per check: ``estimate`` its figure, ``verdict`` (``yes`` passes, ``no`` fails, ``read`` wants a
        judgement), ``limit`` the threshold, ``concerns`` what the figure is about. ``details`` hold the tables behind,
        one a section: ``states`` (cells by state), ``scales`` (how each is used), ``outliers`` (as they are),
        ``treatment`` and ``treated`` (what the standard rule would change), ``quality`` (correlations within headings
        and upwards, with flags), ``alpha`` (and if deleted), ``components`` (of each root), ``importance`` and
        ``weights`` (meant, down the tree, exerted), ``removal``; with alternatives ``intervals`` and ``ranks``,
        with two or more ``sensitivity``. :func:`audit_document` writes it out.

    References
    ----------
    Saisana and Saltelli (2011), Quality and Quantity 45, 247-268, for the audits of the Joint Research Centre; OECD/JRC
    (2008), Handbook on Constructing Composite Indicators, pp. 19-21.

    Examples
    --------
    >>> import pandas as pd
    >>> tree = IndicatorTree.from_frame(pd.DataFrame({"code": ["i", "a", "b"], "parent": [None, "i", "i"]}))
    >>> data = pd.DataFrame({"a": [1.0, 2, 3, 4, 5, 6], "b": [1.0, 2, 3, 4, 6, 5]}, index=list("uvwxyz"))
    >>> audit(data, tree).estimates.set_index("measure").loc["repeats", ["verdict", "concerns"]].tolist()
    ['read', 'a~b']
    """
    require_kind(thresholds, (Thresholds, type(None)), "audit(thresholds=)", "Thresholds")
    limits = thresholds or Thresholds()
    composite = compose(values, tree, recipe)
    tables = _tables(values, tree, recipe, composite)
    evidence = Evidence(tables, composite, limits)
    rows = [check(evidence) for check in _CHECKS]
    details = {name: table.estimates for name, table in tables.items()} | _sections(values, tree, composite)
    details["weights"] = weights_exerted(composite, tree, details["importance"])
    if alternatives:
        run = uncertainty(values, tree, recipe, alternatives, draws=draws, seed=seed)
        rows += _certainty(run, limits, evidence.base[1])
        details |= {"ranks": run.details["ranks"], "intervals": interval_widths(run)}
    if sensitivity and alternatives and len(alternatives) > 1:
        shared = sobol_sensitivity(
            values, tree, recipe, alternatives, draws=base_sample(draws), seed=seed, node=_root(tree, composite)
        )
        details["sensitivity"] = shares_of_variance(shared)
    return Result(
        method="audit of a composite indicator",
        reference="Saisana and Saltelli (2011), Quality and Quantity 45, 247-268; OECD/JRC (2008), Handbook, pp. 19-21",
        estimates=pd.DataFrame(rows),
        details=details,
        options={
            "recipe": dict(composite.options),
            "thresholds": vars(limits),
            "draws": draws if alternatives else None,
            "sensitivity": "sensitivity" in details,
            "seed": seed,
        },
        notices=composite.notices,
        inputs={**composite.inputs, "tree": fingerprint(tree.to_frame())},
    )


def _tables(
    values: pd.DataFrame | Cells,
    tree: IndicatorTree,
    recipe: Recipe | Mapping[str, Any] | None,
    composite: Composite,
) -> dict[str, Result]:
    plain = replace(Recipe.of(recipe), min_coverage=0.0)
    return {
        "outliers": treat_outliers(values, tree, max_winsorised=0, then="none"),
        "quality": tree_quality(composite, tree),
        "importance": importance(composite, tree),
        "removal": removal(values, tree, plain, node=_root(tree, composite)),
    }


def _sections(values: pd.DataFrame | Cells, tree: IndicatorTree, composite: Composite) -> dict[str, pd.DataFrame]:
    changes, cells = treatment(values, tree)
    return {
        "states": state_counts(composite.states),
        "scales": scale_use(composite.normalised, composite.details["scaling"], tree),
        "treatment": changes,
        "treated": cells,
        "alpha": alphas(composite, tree),
        "components": components(composite, tree),
    }


def _root(tree: IndicatorTree, composite: Composite) -> str:
    return next(code for code in tree.roots if code in composite.scores)


def base_sample(draws: int) -> int:
    """Return a power of two of about an eighth of the draws: each point of a Sobol sample stands for several runs."""
    return int(max(_LEAST_SAMPLE, 2 ** int(np.log2(max(draws, 1) / _RUNS_PER_POINT))))


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the checks look at."""

    tables: Mapping[str, Result]
    composite: Composite
    limits: Thresholds

    @property
    def base(self) -> tuple[int, float]:
        """The number of units, and the mean coverage of their scores."""
        return len(self.composite.states), float(self.composite.coverage.to_numpy().mean())


Check = Callable[[Evidence], dict[str, Any]]


def _verdict(
    measure: str, figure: float | None, limit: float | None, verdict: str, concerns: list[str], n: int, coverage: float
) -> dict[str, Any]:
    absent = figure is None or not np.isfinite(figure)
    return {
        "measure": measure,
        "subject": "tree",
        "estimate": np.nan if absent else figure,
        "n": n,
        "coverage": coverage,
        "unit": "figure",
        "reason": "indicators.reasons.nothing_to_check" if absent else None,
        "verdict": "read" if absent else verdict,
        "limit": np.nan if limit is None else limit,
        "concerns": ", ".join(concerns),
    }


def _reporting(evidence: Evidence) -> dict[str, Any]:
    applicable = evidence.composite.states != "not_applicable"
    shares = (evidence.composite.states == "reported").sum() / applicable.sum().where(applicable.sum() > 0)
    thin = shares.index[shares < evidence.limits.coverage].astype(str).tolist()
    lowest = float(shares.min())
    verdict = "no" if thin else "yes"
    return _verdict("reporting", lowest, evidence.limits.coverage, verdict, thin, *evidence.base)


def _skewed(evidence: Evidence) -> dict[str, Any]:
    rows = evidence.tables["outliers"].estimates
    wild = rows.loc[~rows["accepted"].astype(bool), "subject"].tolist()
    figure = float(len(wild))
    return _verdict("skewed", figure, 0.0, "read" if wild else "yes", wild, *evidence.base)


def _flagged(flag: str, measure: str) -> Check:
    def check(evidence: Evidence) -> dict[str, Any]:
        rows = evidence.tables["quality"].estimates
        found = rows.loc[rows["flag"] == flag, "subject"].tolist()
        return _verdict(measure, float(len(found)), 0.0, "read" if found else "yes", found, *evidence.base)

    return check


def _consistency(evidence: Evidence) -> dict[str, Any]:
    rows = evidence.tables["quality"].estimates.query("measure == 'alpha'").dropna(subset="estimate")
    low = rows.loc[rows["estimate"] < evidence.limits.alpha, "subject"].tolist()
    figure = float(rows["estimate"].min()) if len(rows) else None
    return _verdict("consistency", figure, evidence.limits.alpha, "read" if low else "yes", low, *evidence.base)


def _weights(evidence: Evidence) -> dict[str, Any]:
    rows = evidence.tables["importance"].estimates.query("measure == 'variance_share'").dropna(subset="estimate")
    off = (rows["estimate"] - rows["intended"]).abs()
    wide = rows.loc[off > evidence.limits.off_weight, "subject"].tolist()
    figure = float(off.max()) if len(rows) else None
    return _verdict("weights", figure, evidence.limits.off_weight, "read" if wide else "yes", wide, *evidence.base)


def _leaning(evidence: Evidence) -> dict[str, Any]:
    rows = evidence.tables["removal"].estimates.dropna(subset="estimate")
    relative = rows["estimate"] / max(len(evidence.composite.states), 1)
    heavy = rows.loc[relative > evidence.limits.rank_shift, "subject"].tolist()
    figure = float(relative.max()) if len(rows) else None
    return _verdict("leaning", figure, evidence.limits.rank_shift, "no" if heavy else "yes", heavy, *evidence.base)


_CHECKS: tuple[Check, ...] = (
    _reporting,
    _skewed,
    _flagged("high", "repeats"),
    _flagged("low", "opposes"),
    _flagged("weak", "strays"),
    _consistency,
    _weights,
    _leaning,
)


def _certainty(run: Result, limits: Thresholds, coverage: float) -> list[dict[str, Any]]:
    """Of each root, the pairs of units whose order nearly always holds."""
    rows = []
    for name, table in run.details.items():
        if name.startswith("above:"):
            shares = table.to_numpy(dtype=float)[np.triu_indices(len(table), 1)]
            known = shares[~np.isnan(shares)]
            certain = float(np.mean((known >= 0.95) | (known <= 0.05))) if len(known) else None
            verdict = "yes" if certain is not None and certain >= limits.certain else "no"
            root = name.removeprefix("above:")
            rows.append(_verdict("certainty", certain, limits.certain, verdict, [root], len(table), coverage))
    return rows
