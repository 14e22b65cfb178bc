"""Putting indicators together: a score at every heading, with its coverage and with its worst and best case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.aggregation_methods import METHODS, Aggregation, AggregationOptions
from vises_methods.indicators.arrays import Bools, Floats
from vises_methods.indicators.cells import Cells, numeric
from vises_methods.indicators.choquet import Capacity, checked_capacity
from vises_methods.indicators.climbing import REASONS, Climb, Leaves, climb
from vises_methods.indicators.inputs import require_frame, require_kind, require_units
from vises_methods.indicators.penalties import Penalty
from vises_methods.indicators.scaling import observed_limits
from vises_methods.indicators.structure import Structure, structure_of
from vises_methods.indicators.tree import IndicatorTree, require_tree
from vises_methods.indicators.weights import resolved_weights
from vises_methods.results import Notice, Result, fingerprint

Methods = Aggregation | Mapping[int, Aggregation]
_SCORES = "aggregate(scores)"
REFERENCE = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6, pp. 31-33, 102-115"


def aggregate(
    scores: pd.DataFrame | Result,
    tree: IndicatorTree,
    /,
    *,
    method: Methods = "arithmetic",
    weights: Mapping[str, float] | str | None = None,
    min_coverage: float = 0.0,
    limits: tuple[float, float] | None = None,
    states: pd.DataFrame | None = None,
    power: float = 0.5,
    penalty: Penalty = "negative",
    standardise: bool = True,
    alpha: float = 0.5,
    beta: float = 1.0,
    order_weights: Sequence[float] = (),
    indifference: float = 0.0,
    veto: float | None = None,
    capacities: Mapping[str, Capacity] | None = None,
) -> Result:
    """Aggregate indicator scores up the tree.

    Use it after :func:`normalise`. Give it the result of ``normalise`` rather than a bare frame: the states of the
    cells and the ends of the scales then come along.

    Parameters
    ----------
    scores : Result of :func:`normalise`, or DataFrame
        Unit × indicator, more always better.
    tree : IndicatorTree
    method : str or mapping of int to str
        ``arithmetic`` (a weak spot can be made up for in full), ``geometric``, ``harmonic`` (less and less so),
        ``power`` (with the exponent ``power``), ``median``; ``mpi`` and ``ampi`` (Mazziotta-Pareto: a mean with a
        penalty for imbalance), ``mean_min`` (between the mean and the weakest), ``owa`` (weights by place),
        ``choquet`` (weights of sets), ``copeland`` (units beaten minus units lost to); or a name per level being made
        (2, 3, …), ``arithmetic`` where none is named.
    weights : mapping of str to float, str, or None
        From code to weight among siblings; what is not named keeps the weight of the tree. Or the name of a set of
        weights of the framework. None: the weights of the tree.
    min_coverage : float
        Between 0 and 1. Below this share of applicable weight a heading gets a reason instead of a score, and does
        not enter the heading above.
    limits : (float, float), optional
        Floor and ceiling of the scores, where ``scores`` is a frame; by default the lowest and highest score of each
        column.
    states : DataFrame, optional
        The state of each cell, where ``scores`` is a frame. By default an empty cell is ``not_collected``; so is one
        said to be not applicable where the framework has no rule for it.
    power : float
        The exponent of the power mean: 1 arithmetic, 0 geometric, −1 harmonic.
    penalty : {"negative", "positive"}
        Of ``mpi`` and ``ampi``: imbalance lowers the score (where more is better), or raises it.
    standardise : bool
        Whether ``mpi`` first brings its children to 100 ± 10 (standard deviation of the population) and ``ampi`` to
        70-130; False where the scores are on such a scale already, such as goalposts half a range on either side of
        a reference, which then has 100 (``normalise(low=70, high=130, truncate=False)``).
    alpha, beta : float
        Of ``mean_min``: mean − α (√((mean − min)² + β²) − β).
    order_weights : sequence of float
        Of ``owa``: weights of the places, from the lowest score to the highest.
    indifference, veto : float
        Of ``copeland``: differences up to ``indifference`` are ties; nobody beats a unit that is better by more than
        ``veto`` on one child.
    capacities : mapping of str to mapping of str to float
        Of ``choquet``: per heading, the weight of each set of its children, written ``a+b``; the whole has 1.

    Returns
    -------
    Result
        ``estimates``: one row per unit (``subject``) and heading (``measure``); ``low`` and ``high`` are the worst and
        the best case: everything not reported (imputed or missing) at the floor, and at the ceiling, of its scale.
        ``n`` counts the reported indicators that entered, ``coverage`` is their share of the applicable weight.
        ``details``: ``scores, coverage, worst,
        best`` as unit × node.

    Notes
    -----
    A score is a mean over what was reported. It is therefore no ground for an order between units whose coverage
    differs: for that, see the worst and the best case. A mean with p ≤ 0 is zero where a score is zero, and has no
    value where one is negative.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6, pp. 31-33 and 102-115. MPI and AMPI:
    Mazziotta and Pareto (2016), Social Indicators Research 127, 983-1003. Mean-min: Casadio Tarabusi and Guarini
    (2013), Social Indicators Research 112, 19-45. OWA: Torra (1997), International Journal of Intelligent Systems 12,
    153-166. Choquet: Grabisch (1996), European Journal of Operational Research 89, 445-456.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = {"code": ["index", "a", "b"], "parent": [None, "index", "index"]}
    >>> tree = IndicatorTree.from_frame(pd.DataFrame(nodes))
    >>> scores = pd.DataFrame({"a": [20.0, 60.0], "b": [80.0, None]}, index=["u", "v"])
    >>> result = aggregate(scores, tree, limits=(0, 100))
    >>> result.estimates[["estimate", "low", "high", "coverage"]].to_numpy().tolist()
    [[50.0, 50.0, 50.0, 1.0], [60.0, 30.0, 80.0, 0.5]]
    """
    require_tree(tree, "aggregate(tree)")
    _check_share(min_coverage)
    entry = _entry(scores, tree, limits, states)
    options = AggregationOptions(
        power,
        penalty,
        standardise,
        alpha,
        beta,
        tuple(order_weights),
        indifference,
        veto,
        capacities_of(tree, capacities, entry.leaves),
    )
    structure = structure_of(tree, entry.leaves)
    check_options(options, method)
    chosen = method_by_level(method, structure)
    vector = structure.vector(resolved_weights(tree, weights, "aggregate(weights=)"))
    climbed = climb(entry.arrays, vector, structure, chosen, options, min_coverage)
    return _result(climbed, entry, tree, structure, chosen, vector, options, min_coverage)


@dataclass(frozen=True, eq=False)
class Entry:
    """What goes in at the foot of the tree."""

    units: pd.Index
    leaves: tuple[str, ...]
    arrays: Leaves
    notices: tuple[Notice, ...]
    inputs: Mapping[str, str]


def method_by_level(method: Methods, structure: Structure) -> dict[int, Aggregation]:
    """The method of each level being made; arithmetic where none is named."""
    levels = [step.level for step in structure.steps]
    given: dict[int, Aggregation] = dict(method) if isinstance(method, Mapping) else dict.fromkeys(levels, method)
    if isinstance(method, Mapping):
        strange = [level for level in given if level not in levels]
        if strange:
            raise InputError("unknown_option", "aggregate(method=)", value=strange[0], allowed=levels)
    for name in given.values():
        if name not in METHODS:
            raise InputError("unknown_option", "aggregate(method=)", value=name, allowed=list(METHODS))
    return {level: given.get(level, "arithmetic") for level in levels}


def capacities_of(
    tree: IndicatorTree, capacities: Mapping[str, Capacity] | None, leaves: Sequence[str]
) -> dict[str, Capacity]:
    """Check the capacities against the tree, and write their sets in its order."""
    checked: dict[str, Capacity] = {}
    for code, capacity in (capacities or {}).items():
        tree.node(code)
        children = [child for child in tree.children(code) if set(tree.descendants(child)).intersection(leaves)]
        checked[code] = checked_capacity(capacity, children, f"aggregate(capacities=)[{code}]")
    return checked


def check_options(options: AggregationOptions, method: Methods) -> None:
    """Refuse what a method cannot use."""
    used = set(method.values()) if isinstance(method, Mapping) else {method}
    places = options.order_weights
    if "owa" in used and (not places or min(places) < 0 or sum(places) <= 0):
        raise InputError("indicators.errors.order_weights", "aggregate(order_weights=)", value=list(places))
    if options.penalty not in ("negative", "positive"):
        allowed = ["negative", "positive"]
        raise InputError("unknown_option", "aggregate(penalty=)", value=options.penalty, allowed=allowed)
    for name, value in (("indifference", options.indifference), ("veto", options.veto), ("beta", options.beta)):
        if value is not None and value < 0:
            raise InputError("out_of_range", f"aggregate({name}=)", value=value, allowed="≥ 0")
    if not 0 <= options.alpha <= 1:
        raise InputError("out_of_range", "aggregate(alpha=)", value=options.alpha, allowed="0-1")


def _check_share(min_coverage: float) -> None:
    require_kind(min_coverage, Real, "aggregate(min_coverage=)", "0-1")
    if not 0 <= min_coverage <= 1:
        raise InputError("out_of_range", "aggregate(min_coverage=)", value=min_coverage, allowed="0-1")


def _entry(
    scores: pd.DataFrame | Result,
    tree: IndicatorTree,
    limits: tuple[float, float] | None,
    states: pd.DataFrame | None,
) -> Entry:
    if isinstance(scores, Result):
        return _entry_from_result(scores, tree)
    require_kind(scores, pd.DataFrame, _SCORES, "DataFrame, Result")
    require_frame(scores, _SCORES)
    require_units(scores.index, _SCORES)
    known = [code for code in tree.scored_indicators if code in scores.columns]
    absent = [code for code in tree.scored_indicators if code not in scores.columns]
    if not known:
        found = [str(name) for name in scores.columns]
        raise InputError("indicators.errors.no_indicator", _SCORES, found=found)
    frame = numeric(scores[known], _SCORES).reindex(columns=list(tree.scored_indicators))
    values = frame.to_numpy(dtype=float)
    applicable, reported = np.ones(values.shape, dtype=bool), ~np.isnan(values)
    if states is not None:
        told = _ruled(states.reindex(index=frame.index, columns=frame.columns, fill_value="not_collected"), tree)
        Cells(frame, told)
        applicable, reported = _masks(told)
    floor, ceiling = _limits_of(values, limits)
    notices = [Notice("indicators.notices.indicators_absent", {"codes": absent})] if absent else []
    if limits is None and (applicable & np.isnan(values)).any():
        notices.append(Notice("indicators.notices.open_ended"))
    leaves = Leaves(values, applicable, reported, floor, ceiling)
    return Entry(frame.index, tree.scored_indicators, leaves, tuple(notices), {"scores": fingerprint(frame)})


def _entry_from_result(result: Result, tree: IndicatorTree) -> Entry:
    """A column that could not be scored for anyone leaves the tree; one that nobody reported does not."""
    table = result.details["scaling"]
    told = zip(table.index.tolist(), table["reason"].to_numpy(dtype=object), strict=True)
    entering = {code for code, reason in told if pd.isna(reason) or reason == "indicators.reasons.nothing_reported"}
    leaves = tuple(code for code in tree.scored_indicators if code in entering)
    if not leaves:
        raise InputError("indicators.errors.no_indicator", _SCORES, found=list(table.index))
    frame, states = result.details["scores"], result.details["states"]
    if any(tuple(names.tolist()) != leaves for names in (frame.columns, states.columns, table.index)):
        frame, states, table = frame[list(leaves)], states[list(leaves)], table.loc[list(leaves)]
    applicable, reported = _masks(states)
    floor, ceiling = _filled(np.stack([table[end].to_numpy(dtype=float) for end in ("floor", "ceiling")]))
    arrays = Leaves(frame.to_numpy(dtype=float), applicable, reported, floor, ceiling)
    return Entry(frame.index, leaves, arrays, result.notices, result.inputs)


def _ruled(states: pd.DataFrame, tree: IndicatorTree) -> pd.DataFrame:
    """Only the framework takes an indicator out of the denominator: a unit's word alone leaves it silent."""
    nodes = [tree.node(str(code)) for code in states.columns]
    ruled = [node.groups is not None or node.not_applicable_when is not None for node in nodes]
    return states.mask((states == "not_applicable") & ~np.array(ruled), "not_collected")


def _masks(states: pd.DataFrame) -> tuple[Bools, Bools]:
    told = states.to_numpy(dtype=object)
    return told != "not_applicable", told == "reported"


def _limits_of(values: Floats, limits: tuple[float, float] | None) -> tuple[Floats, Floats]:
    observed = observed_limits(values)
    if limits is None:
        return _filled(observed)
    if not isinstance(limits, Sequence) or len(limits) != 2:
        raise InputError("unknown_option", "aggregate(limits=)", value=str(limits), allowed=["(low, high)"])
    low, high = limits
    if not low < high:
        raise InputError("out_of_range", "aggregate(limits=)", value=high, allowed=f"> {low}")
    return np.fmin(observed[0], low), np.fmax(observed[1], high)


def _filled(limits: Floats) -> tuple[Floats, Floats]:
    """An empty column has no limits of its own: those of all columns stand in for them."""
    if np.isnan(limits).all():
        return limits[0], limits[1]
    floor, ceiling = np.nanmin(limits[0]), np.nanmax(limits[1])
    return np.where(np.isnan(limits[0]), floor, limits[0]), np.where(np.isnan(limits[1]), ceiling, limits[1])


def _result(
    climbed: Climb,
    entry: Entry,
    tree: IndicatorTree,
    structure: Structure,
    methods: Mapping[int, str],
    weights: Floats,
    options: AggregationOptions,
    min_coverage: float,
) -> Result:
    first, nodes = len(structure.leaves), pd.Index(structure.nodes)
    details = {
        name: pd.DataFrame(getattr(climbed, name)[:, first:], index=entry.units, columns=nodes)
        for name in ("scores", "coverage", "worst", "best")
    }
    return Result(
        method="aggregation",
        reference=REFERENCE,
        estimates=estimates_of(climbed, entry.units, structure),
        details=details,
        options={
            "method": dict(methods),
            "weights": dict(zip(structure.codes, weights.tolist(), strict=True)),
            "min_coverage": min_coverage,
            **asdict(options),
        },
        notices=(*entry.notices, *_notices(climbed, tree, structure, methods, options)),
        inputs=entry.inputs,
    )


def estimates_of(climbed: Climb, units: pd.Index, structure: Structure) -> pd.DataFrame:
    """One row per heading and unit, headings from the top downwards."""
    first = len(structure.leaves)
    order = sorted(range(first, len(structure.codes)), key=lambda i: -structure.levels[i])
    words = np.array([None, *(f"indicators.reasons.{reason}" for reason in REASONS[1:])], dtype=object)

    def stacked(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return array[:, order].T.reshape(-1)

    return pd.DataFrame(
        {
            "measure": np.repeat([structure.codes[i] for i in order], len(units)),
            "subject": np.tile(units.astype(str).to_numpy(), len(order)),
            "estimate": stacked(climbed.scores),
            "low": stacked(climbed.worst),
            "high": stacked(climbed.best),
            "n": stacked(climbed.n),
            "coverage": stacked(climbed.coverage),
            "unit": "score",
            "reason": words[climbed.reasons[:, order].T.reshape(-1)],
        }
    )


def _notices(
    climbed: Climb,
    tree: IndicatorTree,
    structure: Structure,
    methods: Mapping[int, str],
    options: AggregationOptions,
) -> list[Notice]:
    notices = []
    made = set(structure.codes)
    unscored = [code for code in tree.aggregates if code not in made]
    if unscored:
        notices.append(Notice("indicators.notices.nothing_to_score", {"codes": unscored}))
    zero = REASONS.index("weights_all_zero")
    empty = (climbed.reasons == zero).any(axis=0)
    without = [code for code, none in zip(structure.codes, empty, strict=True) if none]
    if without:
        notices.append(Notice("indicators.notices.weights_all_zero", {"codes": without}))
    nullifying = {"geometric", "harmonic"} | ({"power"} if options.power <= 0 else set())
    zeros = sum(
        int((climbed.scores[:, step.children] == 0).sum())
        for step in structure.steps
        if methods[step.level] in nullifying
    )
    if zeros:
        notices.append(Notice("indicators.notices.zero_in_mean", {"count": zeros}))
    return notices
