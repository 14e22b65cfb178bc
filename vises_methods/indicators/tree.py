"""The tree of indicators: what is measured, in which direction it is good, on which scale, and under which heading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self

import pandas as pd

from vises_methods.catalogue import localised
from vises_methods.errors import InputError, InvalidStudyError
from vises_methods.indicators.framework import Draft, draft_from_content, draft_from_frame, draft_from_yaml
from vises_methods.indicators.tree_faults import faults, levels_from_indicators

Direction = Literal["higher", "lower", "target", "range", "neutral"]
ScaleMethod = Literal["goalposts", "band", "change", "none"]


@dataclass(frozen=True)
class Scale:
    """How a framework places a value between a floor and a ceiling.

    Attributes
    ----------
    method : {"goalposts", "band", "change", "none"}
        ``goalposts``: from ``minimum`` to ``maximum``. ``band``: full score from ``low`` to ``high``, falling to
        nothing at ``minimum`` and ``maximum``. ``change``: goalposts for the change since the baseline, in per cent.
        ``none``: shown, never scored.
    minimum, maximum, low, high : float or None
        In the unit of the indicator; of a change, in per cent.
    """

    method: ScaleMethod
    minimum: float | None = None
    maximum: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Node:
    """One heading or one indicator.

    Attributes
    ----------
    code, parent : str, str or None
    level : int
        1 for an indicator, counted upwards.
    label : mapping of str to str
        By language.
    direction : {"higher", "lower", "target", "range", "neutral"}
        What is good. A neutral indicator is shown and never scored.
    weight : float
        Among its siblings, on any scale.
    unit : str or None
    scale : Scale or None
    target : float or None
        What the framework aims at, in the unit of the indicator.
    groups : frozenset of str or None
        The groups of enterprises that it applies to; None for all.
    not_applicable_when : mapping of str to str or None
        The framework's own words for when a unit may answer "not applicable", by language.
    denominator : str or None
        The column that the value is divided by.
    about : mapping
        Whatever else the framework says: codes, crosswalk, source, note.
    """

    code: str
    parent: str | None
    level: int
    label: Mapping[str, str]
    direction: Direction
    weight: float
    unit: str | None = None
    scale: Scale | None = None
    target: float | None = None
    groups: frozenset[str] | None = None
    not_applicable_when: Mapping[str, str] | None = None
    denominator: str | None = None
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def scored(self) -> bool:
        """Say whether the node may enter a score."""
        return self.direction != "neutral" and (self.scale is None or self.scale.method != "none")


@dataclass(frozen=True, eq=False)
class IndicatorTree:
    """A validated tree of indicators.

    Use it for everything in this part: it says what each column of the data is. Levels are counted from the
    indicators (1) upwards, whatever the file calls them. There may be several roots: nothing forces an overall score.

    Attributes
    ----------
    nodes : tuple of Node
        In the order of the file.
    weight_sets : mapping of str to mapping of str to float
        Named sets of weights, each from code to weight among siblings.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 1, pp. 22-23.

    Examples
    --------
    >>> import pandas as pd
    >>> tree = IndicatorTree.from_frame(pd.DataFrame({
    ...     "code": ["index", "work", "cost"], "parent": [None, "index", "index"],
    ...     "level": [2, 1, 1], "direction": [None, "higher", "lower"], "weight": [1, 2, 1]}))
    >>> tree.indicators, tree.children("index"), tree.top_level
    (('work', 'cost'), ('work', 'cost'), 2)
    """

    nodes: tuple[Node, ...]
    weight_sets: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    unit_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    group_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_code", MappingProxyType({node.code: node for node in self.nodes}))
        children: dict[str, list[str]] = {}
        for node in self.nodes:
            if node.parent is not None:
                children.setdefault(node.parent, []).append(node.code)
        object.__setattr__(self, "_children", {code: tuple(found) for code, found in children.items()})
        object.__setattr__(self, "_laid_out", {})

    @classmethod
    def from_yaml(cls, path: str | Path) -> Self:
        """Read a framework file.

        Parameters
        ----------
        path : path of a YAML file
            Its keys: ``nodes`` (a list; each node has ``id``, ``parent``, ``level``, ``label`` and, for an indicator,
            ``direction``, ``unit``, ``scale``, ``groups``), ``units``, ``enterprise_groups``, ``weights``
            (``sets`` of ``id`` and ``values``). Other keys are kept with the node.

        Raises
        ------
        InvalidStudyError
            With one problem per fault, all at once.
        """
        return cls._from_draft(draft_from_yaml(Path(path)))

    @classmethod
    def from_content(cls, content: Mapping[str, Any], where: str) -> Self:
        """Build a tree from what a framework file holds, as changed for one enterprise; see :meth:`from_yaml`.

        ``where`` names it in the messages of an :class:`InvalidStudyError`.
        """
        return cls._from_draft(draft_from_content(content, where))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Self:
        """Build a tree from a table with one row per node.

        Parameters
        ----------
        frame : DataFrame
            Columns: ``code``, ``parent`` (empty for a root); optional ``level``, ``direction`` (the five words, or
            1, -1, 0), ``weight``, ``unit``, ``label``, ``target``, ``scale``, ``min``, ``max``, ``low``, ``high``,
            ``groups`` (separated by spaces, commas or semicolons), ``denominator``. An empty weight counts as 1; an
            indicator without a scale is scored by comparison.

        Raises
        ------
        InputError
            A column is missing.
        InvalidStudyError
            With one problem per fault, all at once.
        """
        return cls._from_draft(draft_from_frame(frame))

    @classmethod
    def _from_draft(cls, draft: Draft) -> Self:
        problems = faults(draft)
        if problems:
            raise InvalidStudyError(draft.where, problems)
        levels = levels_from_indicators(draft.rows)
        nodes = tuple(_node(row, levels[row["code"]]) for row in draft.rows)
        return cls(nodes, draft.weight_sets, draft.unit_labels, draft.group_labels)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code, in the order of the file."""
        return tuple(node.code for node in self.nodes)

    @property
    def indicators(self) -> tuple[str, ...]:
        """The codes of level 1."""
        return tuple(node.code for node in self.nodes if node.level == 1)

    @property
    def scored_indicators(self) -> tuple[str, ...]:
        """The codes of level 1 that may enter a score."""
        return tuple(node.code for node in self.nodes if node.level == 1 and node.scored)

    @property
    def aggregates(self) -> tuple[str, ...]:
        """The codes above level 1, from the lowest level upwards."""
        above = [node for node in self.nodes if node.level > 1]
        return tuple(node.code for node in sorted(above, key=lambda node: node.level))

    @property
    def roots(self) -> tuple[str, ...]:
        """The codes without a parent."""
        return tuple(node.code for node in self.nodes if node.parent is None)

    @property
    def top_level(self) -> int:
        """The number of levels."""
        return max(node.level for node in self.nodes)

    def node(self, code: str) -> Node:
        """Return the node of a code."""
        found: Node | None = getattr(self, "_by_code").get(code)  # noqa: B009
        if found is None:
            raise InputError("indicators.errors.unknown_code", "IndicatorTree.node(code)", value=code)
        return found

    def children(self, code: str) -> tuple[str, ...]:
        """Return the codes directly under one."""
        found: tuple[str, ...] = getattr(self, "_children").get(code, ())  # noqa: B009
        return found

    def descendants(self, code: str) -> tuple[str, ...]:
        """Return the indicators under a code; of an indicator, itself."""
        if self.node(code).level == 1:
            return (code,)
        return tuple(leaf for child in self.children(code) for leaf in self.descendants(child))

    def label(self, code: str, lang: str) -> str:
        """Return what a node is called in a language, or its code where it has no label."""
        return localised(self.node(code).label, lang) or code

    def labels(self) -> dict[str, Mapping[str, str]]:
        """Return what every node is called, by language, for :meth:`Result.labelled`."""
        return {node.code: node.label for node in self.nodes}

    def joined(self, code: str, /, *, label: Mapping[str, str] | None = None) -> Self:
        """Return the same tree with one heading above all its roots.

        Use it where a question is about the whole, such as what hangs on whose weights: weights of roots weigh nothing
        as long as nothing stands above them.

        Parameters
        ----------
        code : str
            Of the new heading.
        label : mapping of str to str, optional
            By language.

        Raises
        ------
        InputError
            The code exists already, or the roots do not stand on one level.
        """
        where = "IndicatorTree.joined(code)"
        if code in self.codes:
            raise InputError("indicators.errors.code_twice", where, node=code, count=2)
        for root in self.roots:
            if self.node(root).level != self.top_level:
                level, above = self.node(root).level, self.top_level + 1
                raise InputError(
                    "indicators.errors.level_jump", where, node=root, level=level, parent=code, parent_level=above
                )
        top = Node(code, None, self.top_level + 1, MappingProxyType(dict(label or {})), "higher", 1.0)
        below = (replace(node, parent=code) if node.parent is None else node for node in self.nodes)
        return replace(self, nodes=(top, *below))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per node: code, parent, level, direction, weight, unit, target."""
        return self._table.copy()

    @cached_property
    def _table(self) -> pd.DataFrame:
        columns = ("code", "parent", "level", "direction", "weight", "unit", "target")
        return pd.DataFrame({name: [getattr(node, name) for node in self.nodes] for name in columns})


def _node(row: Mapping[str, Any], level: int) -> Node:
    given = row["scale"]
    scale = None if given is None else Scale(**given)
    node = Node(
        code=row["code"],
        parent=row["parent"],
        level=level,
        label=MappingProxyType(dict(row["label"])),
        direction=row["direction"] or "higher",
        weight=1.0,
        unit=row["unit"],
        scale=scale,
        target=row["target"],
        groups=None if row["groups"] is None else frozenset(row["groups"]),
        not_applicable_when=row["not_applicable_when"],
        denominator=row["denominator"],
        about=MappingProxyType(dict(row["about"])),
    )
    weight = row["weight"] if row["weight"] is not None else float(node.scored)
    object.__setattr__(node, "weight", float(weight))
    return node


def require_tree(tree: object, where: str) -> None:
    """Refuse what is no tree, where one is asked for."""
    if not isinstance(tree, IndicatorTree):
        found = type(tree).__name__
        raise InputError("wrong_type", where, value=found, type=found, allowed="IndicatorTree")
