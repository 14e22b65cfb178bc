"""Effect sizes of association: plain, partial, semi-partial and tetrachoric correlations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import optimize, special, stats

from vises_methods.outcomes.requirements import Floats, require_option

Pair = tuple[Floats, Floats]


def _squared(one: Floats) -> Floats:
    return np.asarray((1 - one**2) ** 2)


def _weighted_mean(values: Floats, sizes: Floats) -> float:
    known = ~np.isnan(values + sizes)
    return float((values * sizes)[known].sum() / sizes[known].sum())


def _correlation(ri: Floats, ni: Floats, vtype: str = "LS") -> Pair:
    require_option(vtype, ("LS", "AV"), "effect_size(vtype=)")
    centre = ri if vtype == "LS" else np.full_like(ri, _weighted_mean(ri, ni))
    return ri, _squared(centre) / (ni - 1)


def _unbiased_correlation(ri: Floats, ni: Floats, vtype: str = "LS") -> Pair:
    """Olkin and Pratt 1958, Annals of Mathematical Statistics 29:201-211, for the estimate and for rho squared (UB)."""
    require_option(vtype, ("LS", "UB", "AV"), "effect_size(vtype=)")
    yi = ri * special.hyp2f1(0.5, 0.5, (ni - 2) / 2, 1 - ri**2)
    if vtype == "UB":
        missed = (ni - 3) / (ni - 2) * (1 - ri**2) * special.hyp2f1(1, 1, ni / 2, 1 - ri**2)
        return yi, yi**2 - 1 + missed
    centre = yi if vtype == "LS" else np.full_like(yi, _weighted_mean(yi, ni))
    return yi, _squared(centre) / (ni - 1)


def _fisher_z(ri: Floats, ni: Floats) -> Pair:
    return np.arctanh(ri), 1 / (ni - 3)


def _partial(mi: Floats, ni: Floats, ti: Floats | None = None, ri: Floats | None = None) -> Pair:
    """``mi`` predictors in all; from the t statistic of the one of interest, or from the partial correlation itself."""
    df = ni - mi - 1
    if ri is None:
        if ti is None:
            raise TypeError("ti or ri")
        ri = ti / np.sqrt(ti**2 + df)
    return ri, _squared(ri) / df


def _partial_z(mi: Floats, ni: Floats, ti: Floats | None = None, ri: Floats | None = None) -> Pair:
    return np.arctanh(_partial(mi, ni, ti, ri)[0]), 1 / (ni - mi - 1)


def _semi_partial(ti: Floats, mi: Floats, ni: Floats, r2i: Floats) -> Pair:
    """Aloe and Becker 2012, Journal of Educational and Behavioral Statistics 37:278-297; r2i of the whole model."""
    yi = ti * np.sqrt(1 - r2i) / np.sqrt(ni - mi - 1)
    without = r2i - yi**2
    return yi, (r2i**2 - 2 * r2i + without + 1 - without**2) / ni


def tetrachoric(a: Floats, b: Floats, c: Floats, d: Floats) -> Pair:
    """Return the correlation of two normal variables of which only signs were seen; none with an empty cell.

    Maximum likelihood, thresholds estimated too: its variance is that of the correlation as a function of the three
    free shares of the table (Pearson 1900; Brown and Benedetti 1977, Psychometrika 42:347-355).
    """
    rows = [_tetrachoric(*cells) for cells in np.column_stack([a, b, c, d])]
    yi, vi = np.array(rows).T
    return yi, vi


def _tetrachoric(a: float, b: float, c: float, d: float) -> tuple[float, float]:
    total = a + b + c + d
    if not min(a, b, c, d) > 0:
        return np.nan, np.nan
    shares = np.array([a, b, c, d]) / total
    one, two = stats.norm.ppf([(a + b) / total, (a + c) / total])

    def missed(rho: float) -> float:
        both = stats.multivariate_normal.cdf([one, two], cov=[[1, rho], [rho, 1]], allow_singular=True)
        return float(both) - a / total

    rho = float(optimize.brentq(missed, -1 + 1e-9, 1 - 1e-9, xtol=1e-12))
    root = np.sqrt(1 - rho**2)
    density = float(stats.multivariate_normal.pdf([one, two], cov=[[1, rho], [rho, 1]]))
    pulls = stats.norm.cdf([(two - rho * one) / root, (one - rho * two) / root])
    moved = np.array([1 - pulls.sum(), -pulls[0], -pulls[1], 0.0])
    return rho, float(((shares * moved**2).sum() - (shares @ moved) ** 2) / (total * density**2))


FORMULAS: dict[str, tuple[Callable[..., Pair], tuple[str, ...]]] = {
    "COR": (_correlation, ("ri", "ni", "vtype")),
    "UCOR": (_unbiased_correlation, ("ri", "ni", "vtype")),
    "ZCOR": (_fisher_z, ("ri", "ni")),
    "PCOR": (_partial, ("ti", "ri", "mi", "ni")),
    "ZPCOR": (_partial_z, ("ti", "ri", "mi", "ni")),
    "SPCOR": (_semi_partial, ("ti", "mi", "ni", "r2i")),
}
