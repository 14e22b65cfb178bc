"""The tables of an audit: what each of its sections stands on, one function a section."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import STATES, Cells
from vises_methods.indicators.composite import Composite
from vises_methods.indicators.consistency import cronbach_alpha
from vises_methods.indicators.data_weights import pca_weights
from vises_methods.indicators.outliers import treat_outliers
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.indicators.weights import effective_weights
from vises_methods.results import Result

ELEMENTS, INDICATORS = "elements", "indicators"


def state_counts(states: pd.DataFrame) -> pd.DataFrame:
    """Count the cells of each indicator by state; ``coverage`` is the share of those that apply which have a value."""
    counts = pd.DataFrame({state: (states == state).sum() for state in STATES})
    applies = counts.drop(columns="not_applicable").sum(axis=1)
    coverage = (counts["reported"] + counts["imputed"]) / applies.where(applies > 0)
    return counts.assign(coverage=coverage).rename_axis("indicator").reset_index()


def scale_use(scores: pd.DataFrame, scaling: pd.DataFrame, tree: IndicatorTree) -> pd.DataFrame:
    """Tell of each indicator how it was normalised, and how its scale is used.

    ``at_floor`` and ``at_ceiling`` are the shares of scores at an end of the scale: one at whose end most scores lie
    does not tell units apart. Empty for a normalisation without ends. ``scaling`` is that of :func:`normalise`.
    """
    rows: list[dict[str, Any]] = []
    ways: dict[Any, dict[Any, Any]] = scaling.to_dict("index")
    for code in map(str, scores):
        known, way = scores[code].dropna().to_numpy(dtype=float), ways[code]
        rows.append(
            {
                "indicator": code,
                "direction": tree.node(code).direction,
                "method": way["method"],
                "n": len(known),
                "mean": known.mean() if len(known) else np.nan,
                "sd": known.std(ddof=1) if len(known) > 1 else np.nan,
                "at_floor": _share_at(known, float(way["floor"]), -1),
                "at_ceiling": _share_at(known, float(way["ceiling"]), 1),
            }
        )
    return pd.DataFrame(rows)


def _share_at(known: Floats, end: float, sign: int) -> float:
    return float((sign * (known - end) >= -1e-9).mean()) if len(known) and np.isfinite(end) else float("nan")


def treatment(values: pd.DataFrame | Cells, tree: IndicatorTree) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the standard rule would do to extremes: a row per indicator that fails it, and every cell that would change.

    The rule is the one of :func:`treat_outliers` as it stands; nothing is treated by this.
    """
    found = treat_outliers(values, tree)
    rows = found.estimates.rename(columns={"subject": "indicator", "estimate": "skew_after"})
    asked = rows[(rows["winsorised"] > 0) | (rows["transformed"] != "none") | ~rows["accepted"].astype(bool)]
    kept = ["indicator", "n", "skew_before", "kurtosis_before", "winsorised", "transformed", "skew_after", "accepted"]
    return asked[kept].reset_index(drop=True), found.details["treated"]


def alphas(composite: Composite, tree: IndicatorTree) -> pd.DataFrame:
    """Cronbach's alpha under each heading, its interval, and what it becomes without each element."""
    numbers = numbers_of(composite)
    parts = []
    for heading in _headings(composite, numbers):
        children = _scored_children(tree, heading, numbers)
        if len(children) < 2:
            continue
        rows = cronbach_alpha(numbers[children]).estimates
        rows = rows.assign(heading=heading, element=rows["subject"].where(rows["subject"] != "all"))
        parts.append(rows)
    kept = ["heading", "element", "measure", "estimate", "low", "high", "item_total", "n", "coverage", "reason"]
    return pd.concat(parts, ignore_index=True).reindex(columns=kept) if parts else pd.DataFrame(columns=kept)


def components(composite: Composite, tree: IndicatorTree) -> pd.DataFrame:
    """Principal components of each root: of the elements right under it, and of all its indicators together.

    Where too few units have every element, or one does not vary, a single row gives the reason.
    """
    numbers = numbers_of(composite)
    parts = []
    for root in (code for code in tree.roots if code in numbers):
        leaves = [code for code in tree.descendants(root) if tree.node(code).level == 1 and code in numbers]
        for of, codes in ((ELEMENTS, _scored_children(tree, root, numbers)), (INDICATORS, leaves)):
            if of == ELEMENTS and set(codes) == set(leaves):
                continue
            parts.append(_components(pca_weights(numbers[codes]), len(codes)).assign(heading=root, of=of))
    kept = ["heading", "of", "component", "eigenvalue", "share", "cumulative", "elements", "n", "reason"]
    return pd.concat(parts, ignore_index=True).reindex(columns=kept) if parts else pd.DataFrame(columns=kept)


def weights_exerted(composite: Composite, tree: IndicatorTree, exerted: pd.DataFrame) -> pd.DataFrame:
    """Set side by side, node by node: the weight among its siblings, down the tree, and what it exerts.

    ``exerted`` are the estimates of :func:`importance`.
    """
    shares = exerted.pivot_table(index="subject", columns="measure", values="estimate", sort=False)
    shares = shares.reindex(columns=["correlation_ratio", "variance_share"])
    once = exerted.drop_duplicates("subject").set_index("subject")[["heading", "intended", "n", "reason"]]
    down = effective_weights(tree, weights=composite.options["weights_used"]).details["weights"].set_index("code")
    table = once.join(down["effective"]).join(shares).rename_axis("element").reset_index()
    table["off"] = (table["variance_share"] - table["intended"]).abs()
    kept = ["heading", "element", "intended", "effective", "correlation_ratio", "variance_share", "off", "n", "reason"]
    return table[kept]


def interval_widths(run: Result) -> pd.DataFrame:
    """How wide the intervals of the uncertainty are, heading by heading, over units: the middle one and the widest."""
    rows = run.estimates.dropna(subset=["low", "high"])
    widths = (rows["high"] - rows["low"]).round(9).groupby(rows["measure"], sort=False)
    table = widths.agg(["median", "max", "size"]).set_axis(["median_width", "largest_width", "n"], axis=1)
    return table.rename_axis("heading").reset_index()


def shares_of_variance(found: Result) -> pd.DataFrame:
    """Sobol's indices by choice: the mean over units of their own, and the one of the mean shift of ranks."""
    rows = found.estimates
    shift = rows[rows["subject"] == "mean_rank_shift"].pivot(index="factor", columns="measure", values="estimate")
    own = rows[rows["subject"] != "mean_rank_shift"].dropna(subset="estimate")
    mean = own.pivot_table(index="factor", columns="measure", values="estimate", aggfunc="mean")
    table = mean.reindex(shift.index).reindex(columns=["first", "total"]).add_suffix("_mean")
    table["n"] = own[own["measure"] == "total"].groupby("factor").size().reindex(shift.index).fillna(0).astype(int)
    return table.join(shift.reindex(columns=["first", "total"]).add_suffix("_ranks")).reset_index()


def numbers_of(composite: Composite) -> pd.DataFrame:
    """Return indicators and headings side by side, those without any score left out."""
    return composite.normalised.join(composite.scores).dropna(axis=1, how="all")


def _headings(composite: Composite, numbers: pd.DataFrame) -> list[str]:
    return [str(code) for code in composite.scores if code in numbers]


def _scored_children(tree: IndicatorTree, heading: str, numbers: pd.DataFrame) -> list[str]:
    return [code for code in tree.children(heading) if code in numbers]


def _components(found: Result, elements: int) -> pd.DataFrame:
    n = int(found.estimates["n"].iloc[0]) if len(found.estimates) else 0
    if found.not_estimable is not None or "eigenvalues" not in found.details:
        reason = None if found.not_estimable is None else found.not_estimable.code
        return pd.DataFrame([{"component": None, "elements": elements, "n": n, "reason": reason}])
    table = found.details["eigenvalues"].reset_index()
    return table.assign(component=table["component"] + 1, elements=elements, n=n, reason=None)
