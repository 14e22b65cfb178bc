"""Effect sizes of two groups, of one mean, and of reliability."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special, stats

from vises_methods.outcomes.requirements import Floats, require_option

Pair = tuple[Floats, Floats]
_GROUPS = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")


def correction(df: Floats) -> Floats:
    """Return Hedges' exact factor (Hedges 1981, equation 6e)."""
    usable = np.where(df > 1, df, np.nan)
    logs = special.gammaln(usable / 2) - 0.5 * np.log(usable / 2) - special.gammaln((usable - 1) / 2)
    return np.asarray(np.exp(logs), dtype=float)


def _pooled(sd1i: Floats, n1i: Floats, sd2i: Floats, n2i: Floats) -> Floats:
    return np.asarray(np.sqrt(((n1i - 1) * sd1i**2 + (n2i - 1) * sd2i**2) / (n1i + n2i - 2)))


def _mean_difference(
    m1i: Floats, sd1i: Floats, n1i: Floats, m2i: Floats, sd2i: Floats, n2i: Floats, vtype: str = "LS"
) -> Pair:
    require_option(vtype, ("LS", "UB", "HO"), "effect_size(vtype=)")
    if vtype == "HO":
        return m1i - m2i, _pooled(sd1i, n1i, sd2i, n2i) ** 2 * (1 / n1i + 1 / n2i)
    return m1i - m2i, sd1i**2 / n1i + sd2i**2 / n2i


def _standardised(
    m1i: Floats, sd1i: Floats, n1i: Floats, m2i: Floats, sd2i: Floats, n2i: Floats, vtype: str = "LS"
) -> Pair:
    require_option(vtype, ("LS", "LS2", "UB", "AV"), "effect_size(vtype=)")
    df, total, base = n1i + n2i - 2, n1i + n2i, 1 / n1i + 1 / n2i
    d = (m1i - m2i) / _pooled(sd1i, n1i, sd2i, n2i)
    factor = correction(df)
    yi = factor * d
    if vtype == "UB":
        return yi, base + (1 - (df - 2) / (df * factor**2)) * yi**2
    if vtype == "LS2":
        return yi, factor**2 * (base + d**2 / (2 * total))
    middle = np.nansum(total * yi) / np.nansum(total) if vtype == "AV" else yi
    return yi, np.asarray(base + middle**2 / (2 * total))


def _standardised_unequal(m1i: Floats, sd1i: Floats, n1i: Floats, m2i: Floats, sd2i: Floats, n2i: Floats) -> Pair:
    """Bonett 2008, Psychological Methods 13:99-109, with the corrected estimate in its variance, as metafor has it."""
    factor, average = correction(n1i + n2i - 2), (sd1i**2 + sd2i**2) / 2
    yi = factor * (m1i - m2i) / np.sqrt(average)
    spread = sd1i**4 / (n1i - 1) + sd2i**4 / (n2i - 1)
    vi = yi**2 * spread / (8 * average**2) + (sd1i**2 / (n1i - 1) + sd2i**2 / (n2i - 1)) / average
    return yi, factor**2 * vi


def _standardised_by_comparison(
    m1i: Floats, n1i: Floats, m2i: Floats, sd2i: Floats, n2i: Floats, sd1i: Floats | None = None, vtype: str = "LS"
) -> Pair:
    """Glass's delta: the yardstick is the standard deviation of the second group (``sd1i`` is not used)."""
    del sd1i
    require_option(vtype, ("LS", "UB"), "effect_size(vtype=)")
    df = n2i - 1
    yi = correction(df) * (m1i - m2i) / sd2i
    if vtype == "UB":
        return yi, 1 / n1i + 1 / n2i + (1 - (df - 2) / (df * correction(df) ** 2)) * yi**2
    return yi, 1 / n1i + 1 / n2i + yi**2 / (2 * n2i)


def _standardised_by_comparison_unequal(
    m1i: Floats, sd1i: Floats, n1i: Floats, m2i: Floats, sd2i: Floats, n2i: Floats
) -> Pair:
    yi = correction(n2i - 1) * (m1i - m2i) / sd2i
    return yi, sd1i**2 / (sd2i**2 * n1i) + 1 / n2i + yi**2 / (2 * n2i)


def _ratio_of_means(
    m1i: Floats, sd1i: Floats, n1i: Floats, m2i: Floats, sd2i: Floats, n2i: Floats, vtype: str = "LS"
) -> Pair:
    require_option(vtype, ("LS", "HO", "AV", "AVHO"), "effect_size(vtype=)")
    if vtype == "HO":
        sd1i = sd2i = _pooled(sd1i, n1i, sd2i, n2i)
    one, two = sd1i / m1i, sd2i / m2i
    if vtype == "AV":
        one, two = (np.full(len(n), np.nansum(n * cv) / np.nansum(n)) for n, cv in ((n1i, one), (n2i, two)))
    if vtype == "AVHO":
        one = two = np.full(len(n1i), np.nansum(n1i * one + n2i * two) / np.nansum(n1i + n2i))
    return np.log(m1i / m2i), one**2 / n1i + two**2 / n2i


def _variation_ratio(m1i: Floats, sd1i: Floats, n1i: Floats, m2i: Floats, sd2i: Floats, n2i: Floats) -> Pair:
    yi = np.log(sd1i / m1i) + 1 / (2 * (n1i - 1)) - np.log(sd2i / m2i) - 1 / (2 * (n2i - 1))
    vi = 1 / (2 * (n1i - 1)) + sd1i**2 / (n1i * m1i**2) + 1 / (2 * (n2i - 1)) + sd2i**2 / (n2i * m2i**2)
    return yi, vi


def _variability_ratio(
    sd1i: Floats, n1i: Floats, sd2i: Floats, n2i: Floats, m1i: Floats | None = None, m2i: Floats | None = None
) -> Pair:
    """Means may be given, as for the other measures, and are not used."""
    del m1i, m2i
    yi = np.log(sd1i / sd2i) + 1 / (2 * (n1i - 1)) - 1 / (2 * (n2i - 1))
    return yi, 1 / (2 * (n1i - 1)) + 1 / (2 * (n2i - 1))


def _point_biserial(
    m1i: Floats, sd1i: Floats, n1i: Floats, m2i: Floats, sd2i: Floats, n2i: Floats, vtype: str = "LS"
) -> Pair:
    """Groups of given sizes ("LS", "ST"), or people sampled whatever their group ("CS": Tate 1954)."""
    require_option(vtype, ("LS", "ST", "CS"), "effect_size(vtype=)")
    df = n1i + n2i - 2
    d, h = (m1i - m2i) / _pooled(sd1i, n1i, sd2i, n2i), df / n1i + df / n2i
    vi = h**2 / (h + d**2) ** 3 * (1 / n1i + 1 / n2i + d**2 / (2 * (n1i + n2i)))
    yi, share = d / np.sqrt(d**2 + h), n1i / (n1i + n2i)
    if vtype == "CS":
        return yi, (1 - yi**2) ** 2 * (1 - 1.5 * yi**2 + yi**2 / (4 * share * (1 - share))) / (n1i + n2i)
    return yi, vi


def _biserial(m1i: Floats, sd1i: Floats, n1i: Floats, m2i: Floats, sd2i: Floats, n2i: Floats) -> Pair:
    """Soper 1914, Biometrika 10:384-390."""
    point, _ = _point_biserial(m1i, sd1i, n1i, m2i, sd2i, n2i)
    total = n1i + n2i
    p, q = n1i / total, n2i / total
    z = stats.norm.isf(p)
    height = stats.norm.pdf(z)
    yi = np.sqrt(p * q) / height * point
    held = np.clip(yi, -1, 1)
    bend = 1.5 + (1 - p * z / height) * (1 + q * z / height)
    return yi, (p * q / height**2 - bend * held**2 + held**4) / (total - 1)


def _as_log_odds(scale: float) -> Callable[..., Pair]:
    def transformed(m1i: Floats, sd1i: Floats, n1i: Floats, m2i: Floats, sd2i: Floats, n2i: Floats) -> Pair:
        d = (m1i - m2i) / _pooled(sd1i, n1i, sd2i, n2i)
        return scale * d, scale**2 * (1 / n1i + 1 / n2i + d**2 / (2 * (n1i + n2i)))

    return transformed


def _mean(mi: Floats, sdi: Floats, ni: Floats) -> Pair:
    return mi, sdi**2 / ni


def _log_mean(mi: Floats, sdi: Floats, ni: Floats) -> Pair:
    return np.log(mi), sdi**2 / (ni * mi**2)


def _standardised_mean(mi: Floats, sdi: Floats, ni: Floats) -> Pair:
    yi = correction(ni - 1) * mi / sdi
    return yi, 1 / ni + yi**2 / (2 * ni)


def _log_variation_of_one(mi: Floats, sdi: Floats, ni: Floats) -> Pair:
    yi, vi = _log_deviation(sdi, ni)
    return yi - np.log(mi), vi + sdi**2 / (ni * mi**2)


def _log_deviation(sdi: Floats, ni: Floats, mi: Floats | None = None) -> Pair:
    """A mean may be given, as for the other measures, and is not used."""
    del mi
    return np.log(sdi) + 1 / (2 * (ni - 1)), 1 / (2 * (ni - 1))


def _alpha_raw(ai: Floats, mi: Floats, ni: Floats) -> Pair:
    """Cronbach's alpha of ``mi`` items (van Zyl, Neudecker and Nel 2000)."""
    return ai, 2 * mi * (1 - ai) ** 2 / ((mi - 1) * (ni - 2))


def _alpha_hakstian_whalen(ai: Floats, mi: Floats, ni: Floats) -> Pair:
    yi = 1 - np.cbrt(1 - ai)
    return yi, 18 * mi * (ni - 1) * (1 - ai) ** (2 / 3) / ((mi - 1) * (9 * ni - 11) ** 2)


def _alpha_bonett(ai: Floats, mi: Floats, ni: Floats) -> Pair:
    return -np.log(1 - ai), 2 * mi / ((mi - 1) * (ni - 2))


FORMULAS: dict[str, tuple[Callable[..., Pair], tuple[str, ...]]] = {
    "MD": (_mean_difference, (*_GROUPS, "vtype")),
    "SMD": (_standardised, (*_GROUPS, "vtype")),
    "SMDH": (_standardised_unequal, _GROUPS),
    "SMD1": (_standardised_by_comparison, (*_GROUPS, "vtype")),
    "SMD1H": (_standardised_by_comparison_unequal, _GROUPS),
    "ROM": (_ratio_of_means, (*_GROUPS, "vtype")),
    "CVR": (_variation_ratio, _GROUPS),
    "VR": (_variability_ratio, _GROUPS),
    "RPB": (_point_biserial, (*_GROUPS, "vtype")),
    "RBIS": (_biserial, _GROUPS),
    "D2OR": (_as_log_odds(np.pi / np.sqrt(3)), _GROUPS),
    "D2ORL": (_as_log_odds(np.pi / np.sqrt(3)), _GROUPS),
    "D2ORN": (_as_log_odds(1.65), _GROUPS),
    "MN": (_mean, ("mi", "sdi", "ni")),
    "MNLN": (_log_mean, ("mi", "sdi", "ni")),
    "SMN": (_standardised_mean, ("mi", "sdi", "ni")),
    "CVLN": (_log_variation_of_one, ("mi", "sdi", "ni")),
    "SDLN": (_log_deviation, ("mi", "sdi", "ni")),
    "ARAW": (_alpha_raw, ("ai", "mi", "ni")),
    "AHW": (_alpha_hakstian_whalen, ("ai", "mi", "ni")),
    "ABT": (_alpha_bonett, ("ai", "mi", "ni")),
}
