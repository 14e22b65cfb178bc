"""Making indicators comparable: one score per unit and indicator, more always better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import get_args

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators import scaling
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import Cells, Sheet, columns_of, numeric, sheet
from vises_methods.indicators.normalisation_methods import METHODS, Block, Form, Normalisation, Options, Scored
from vises_methods.indicators.tree import IndicatorTree, Node, require_tree
from vises_methods.results import Notice, Result, fingerprint

OPEN_ENDED = frozenset({"zscore", "reference", "change"})
_WHERE = "normalise({})"


def normalise(
    values: pd.DataFrame | Cells,
    tree: IndicatorTree,
    /,
    *,
    method: Normalisation | Mapping[str, Normalisation] = "minmax",
    low: float | None = None,
    high: float | None = None,
    mean: float = 0.0,
    sd: float = 1.0,
    population: bool = False,
    truncate: bool | None = None,
    targets: pd.DataFrame | pd.Series | None = None,
    baseline: pd.DataFrame | pd.Series | None = None,
    reference: str = "mean",
    form: Form = "ratio",
    steps: tuple[tuple[float, float], ...] = scaling.PERCENTILE_CLASSES,
    scaling_from: Result | None = None,
) -> Result:
    """Turn values into comparable scores.

    Use it before aggregating. Goalposts, bands, own targets and change since an own baseline say something about a
    unit alone; min-max, z-scores, ranks and distances say where it stands among others. The direction of an indicator
    is turned here, so that more is better in every score; neutral indicators, and those without a scale by the
    framework's own word, are left out.

    Parameters
    ----------
    values : DataFrame or Cells
        Unit × indicator, in the units of the framework. An empty cell of a frame is "not collected".
    tree : IndicatorTree
    method : str or mapping of str to str
        ``goalposts``, ``band`` (the scale of the framework), ``framework`` (whichever of these two or ``change`` the
        framework says, else ``minmax``), ``minmax``, ``zscore``, ``rank`` (1 the worst), ``percentile``
        ((rank − 1) ÷ (n − 1)), ``borda`` (rank − 1), ``target``, ``reference``, ``frontier`` (distance to the best,
        1 − (best − x) ÷ (best − worst)), ``fraction_of_best`` (x ÷ best; best ÷ x where less is better), ``change`` (in
        per cent of the baseline), ``categorical``; or a method per indicator, ``minmax`` for those not named.
    low, high : float, optional
        Output range. By custom 0 to 100 for ``minmax, goalposts, band, change``; 0 to 1 for ``percentile, target,
        reference, frontier, fraction_of_best``.
    mean, sd : float
        Of the z-scores.
    population : bool
        Divide by n instead of n − 1 in the standard deviation of the z-scores.
    truncate : bool, optional
        Cut scores at the ends of the range. By custom only ``goalposts`` does.
    targets : DataFrame or Series, optional
        For ``target``: per indicator, or per unit and indicator; by default the targets of the framework.
    baseline : DataFrame or Series, optional
        For ``change``, and as a unit's own starting point for ``target`` (else the lowest value observed).
    reference : str
        For ``reference``: ``mean, median, best, worst`` or the name of a unit.
    form : {"ratio", "difference", "distance"}
        For ``reference``: x ÷ r; (x − r) ÷ \\|r\\|; or 1 − (r − x) ÷ (r − worst).
    steps : tuple of (share, score)
        For ``categorical``: the share of units at which a class starts, and its score.
    scaling_from : Result, optional
        An earlier normalisation, whose origins and spans are kept: comparisons over years need a fixed scale.

    Returns
    -------
    Result
        ``estimates``: one row per indicator, its mean score. ``details["scores"]``, ``["states"]``: unit × indicator;
        ``["scaling"]``: per indicator the method, origin, span, floor, ceiling and reason.

    Notes
    -----
    A column that cannot be scored (no variation, no positive best, no target) gets a reason, and leaves every
    denominator later on: it tells nothing of any unit. A single unscored cell lowers the coverage of its unit.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 5, pp. 27-30 and 83-88.

    Examples
    --------
    >>> import pandas as pd
    >>> tree = IndicatorTree.from_frame(pd.DataFrame({
    ...     "code": ["index", "work", "cost"], "parent": [None, "index", "index"],
    ...     "direction": [None, "higher", "lower"]}))
    >>> values = pd.DataFrame({"work": [1.0, 2.0, 5.0], "cost": [10.0, 30.0, 20.0]}, index=["u", "v", "w"])
    >>> normalise(values, tree).details["scores"].to_dict("list")
    {'work': [0.0, 25.0, 100.0], 'cost': [100.0, 0.0, 50.0]}
    """
    require_tree(tree, "normalise(tree)")
    laid = sheet(values, tree, tree.scored_indicators, _WHERE.format("values"))
    options = Options(low, high, mean, sd, population, truncate, reference, form, tuple(steps))
    names, scored = normalised(laid, tree, method, options, targets, baseline, scaling_from)
    return _result(scored, laid, names, options, values, targets, baseline, scaling_from)


def scores_on_scales(
    values: Cells,
    tree: IndicatorTree,
    /,
    *,
    method: Normalisation,
    low: float,
    high: float,
    targets: pd.Series | None,
    baseline: pd.Series | None,
) -> pd.DataFrame:
    """Return the scores alone that :func:`normalise` gives, unit × indicator."""
    laid = sheet(values, tree, tree.scored_indicators, _WHERE.format("values"))
    options = Options(low, high)
    scored = normalised(laid, tree, method, options, targets, baseline, None)[1]
    return pd.DataFrame(scored.scores, index=laid.units, columns=list(laid.indicators))


def normalised(
    laid: Sheet,
    tree: IndicatorTree,
    method: Normalisation | Mapping[str, Normalisation],
    options: Options,
    targets: pd.DataFrame | pd.Series | None,
    baseline: pd.DataFrame | pd.Series | None,
    earlier: Result | None,
) -> tuple[list[str], Scored]:
    """The method of each indicator, and the scores of a sheet by it."""
    names = methods_by_indicator(method, tree, laid.indicators)
    check_ranges(options, laid, names)
    aims = per_cell(targets, laid, "targets", [tree.node(code).target for code in laid.indicators])
    starts = per_cell(baseline, laid, "baseline", [None] * len(laid.indicators))
    return names, score_sheet(laid, tree, names, options, aims, starts, earlier)


def methods_by_indicator(
    method: Normalisation | Mapping[str, Normalisation], tree: IndicatorTree, indicators: tuple[str, ...]
) -> list[str]:
    if isinstance(method, Mapping):
        unknown = sorted(set(method) - set(tree.codes))
        if unknown:
            raise InputError("indicators.errors.unknown_code", _WHERE.format("method="), value=unknown[0])
        asked = [method.get(code, "minmax") for code in indicators]
    else:
        asked = [method] * len(indicators)
    names = [
        _of_framework(tree.node(c)) if m == "framework" else str(m) for c, m in zip(indicators, asked, strict=True)
    ]
    for name in names:
        if name not in METHODS:
            allowed = ["framework", *METHODS]
            raise InputError("unknown_option", _WHERE.format("method="), value=name, allowed=allowed)
    return names


def _of_framework(node: Node) -> str:
    return "minmax" if node.scale is None else node.scale.method


def check_ranges(options: Options, laid: Sheet, names: list[str]) -> None:
    low, high = options.limits(0, 100)
    if not low < high:
        raise InputError("out_of_range", _WHERE.format("high="), value=high, allowed=f"> {low}")
    if not options.sd > 0:
        raise InputError("out_of_range", _WHERE.format("sd="), value=options.sd, allowed="> 0")
    if options.form not in get_args(Form):
        raise InputError("unknown_option", _WHERE.format("form="), value=options.form, allowed=list(get_args(Form)))
    if "categorical" in names and not options.steps:
        raise InputError("empty_data", _WHERE.format("steps="))
    statistics = ("mean", "median", "best", "worst")
    if "reference" in names and options.reference not in (*statistics, *map(str, laid.units)):
        raise InputError("unknown_option", _WHERE.format("reference="), value=options.reference, allowed=statistics)


def per_cell(
    given: pd.DataFrame | pd.Series | None, laid: Sheet, argument: str, defaults: list[float | None]
) -> Floats:
    """Lay out targets or baselines as units × indicators; a series holds for every unit alike."""
    base = np.array([np.nan if value is None else value for value in defaults], dtype=float)
    cells = np.broadcast_to(base, (len(laid.units), len(base)))
    if given is None:
        return cells.copy()
    frame = pd.DataFrame(given.to_numpy()[None, :], columns=given.index) if isinstance(given, pd.Series) else given
    frame = numeric(frame, _WHERE.format(f"{argument}="))
    rows = frame if isinstance(given, pd.Series) else frame.reindex(index=laid.units)
    told = columns_of(rows, laid.indicators, np.full((len(rows), len(base)), np.nan))
    return np.where(np.isnan(told), cells, told)


def score_sheet(
    laid: Sheet,
    tree: IndicatorTree,
    names: list[str],
    options: Options,
    aims: Floats,
    starts: Floats,
    earlier: Result | None,
) -> Scored:
    """Score the columns of each method together, and put them back in the order of the indicators."""
    nodes = [tree.node(code) for code in laid.indicators]
    parts: dict[int, tuple[Scored, int]] = {}
    for name in dict.fromkeys(names):
        columns = [i for i, other in enumerate(names) if other == name]
        raw = laid.numbers[:, columns]
        oriented = np.stack([scaling.orient(laid.numbers[:, i], nodes[i]) for i in columns], axis=1)
        chosen = tuple(nodes[i] for i in columns)
        fixed = None if earlier is None else _line_from(earlier, [node.code for node in chosen])
        units = tuple(map(str, laid.units))
        block = Block(raw, oriented, aims[:, columns], starts[:, columns], chosen, units, options, fixed)
        scored = METHODS[name](block)
        parts.update({i: (scored, position) for position, i in enumerate(columns)})
    order = [parts[i] for i in range(len(names))]

    def gather(part: str) -> Floats:
        return np.stack([np.asarray(getattr(scored, part))[..., p] for scored, p in order], axis=-1)

    reasons = tuple(scored.reasons[p] for scored, p in order)
    scores = np.where(np.array([reason is not None for reason in reasons]), np.nan, gather("scores"))
    return Scored(scores, gather("floor"), gather("ceiling"), gather("origin"), gather("span"), reasons)


def _line_from(earlier: Result, codes: list[str]) -> scaling.Line:
    table = earlier.details["scaling"].reindex(codes)
    reasons = tuple(None if pd.notna(span) else "no_fixed_scale" for span in table["span"])
    return scaling.Line(table["origin"].to_numpy(dtype=float), table["span"].to_numpy(dtype=float), reasons)


def _result(
    scored: Scored,
    laid: Sheet,
    names: list[str],
    options: Options,
    values: pd.DataFrame | Cells,
    targets: pd.DataFrame | pd.Series | None,
    baseline: pd.DataFrame | pd.Series | None,
    earlier: Result | None,
) -> Result:
    codes = pd.Index(laid.indicators)
    table = pd.DataFrame(
        {
            "method": names,
            "origin": scored.origin,
            "span": scored.span,
            "floor": scored.floor,
            "ceiling": scored.ceiling,
            "reason": [None if reason is None else f"indicators.reasons.{reason}" for reason in scored.reasons],
        },
        index=codes.rename("indicator"),
    )
    frames = {
        "values": values.numbers if isinstance(values, Cells) else values,
        "targets": targets,
        "baseline": baseline,
    }
    return Result(
        method="normalisation",
        reference="OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 5, pp. 27-30, 83-88",
        estimates=_estimates(scored, laid),
        details={
            "scores": pd.DataFrame(scored.scores, index=laid.units, columns=codes),
            "states": pd.DataFrame(laid.states, index=laid.units, columns=codes, dtype=object),
            "scaling": table,
        },
        options={
            "method": dict(zip(laid.indicators, names, strict=True)),
            **asdict(options),
            "scaling_from": None if earlier is None else fingerprint(earlier.details["scaling"]),
        },
        notices=(*laid.notices, *_notices(scored, laid, names)),
        inputs={name: fingerprint(frame) for name, frame in frames.items() if frame is not None},
    )


def _estimates(scored: Scored, laid: Sheet) -> pd.DataFrame:
    present = ~np.isnan(scored.scores)
    applicable = laid.applicable.sum(axis=0)
    n = present.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.nansum(scored.scores, axis=0) / n
        coverage = n / applicable
    reasons = [
        None if count else f"indicators.reasons.{reason or ('nothing_reported' if any_ else 'applies_to_none')}"
        for count, reason, any_ in zip(n, scored.reasons, applicable, strict=True)
    ]
    rows = {"measure": "mean_score", "subject": list(laid.indicators), "estimate": mean, "n": n, "coverage": coverage}
    return pd.DataFrame({**rows, "unit": "score", "reason": reasons})


def _notices(scored: Scored, laid: Sheet, names: list[str]) -> list[Notice]:
    notices = []
    dropped = [code for code, reason in zip(laid.indicators, scored.reasons, strict=True) if reason is not None]
    if dropped:
        notices.append(Notice("indicators.notices.columns_not_scored", {"codes": dropped}))
    if OPEN_ENDED.intersection(names):
        notices.append(Notice("indicators.notices.open_ended"))
    kept = np.array([reason is None for reason in scored.reasons])
    lost = int((np.isnan(scored.scores) & ~np.isnan(laid.numbers) & kept).sum())
    if lost:
        notices.append(Notice("indicators.notices.cells_not_scored", {"count": lost}))
    return notices
