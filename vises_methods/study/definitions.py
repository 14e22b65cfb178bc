"""The definition of each table, from which validation, templates, dictionary and data package are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from vises_methods.catalogue import yaml_content

DIRECTORY = Path(__file__).parent / "tables"
TABLES = (
    "stakeholders",
    "decisions",
    "indicators",
    "documents",
    "codings",
    "adjudications",
    "survey",
    "series",
    "weight_budgets",
    "weight_judgements",
    "consent",
)
Type = Literal["string", "integer", "number", "boolean", "date", "list"]
LIST_SEPARATOR = ";"


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    type : {"string", "integer", "number", "boolean", "date", "list"}
        A list is a text whose items are parted by ``;``.
    required : bool
        Whether every row must have a value.
    enum, item_enum : tuple of str
        The values (or the items of a list) that are allowed; empty where any is.
    minimum, maximum, above : float or None
        The least, the greatest, and what must be exceeded.
    pattern, item_pattern : str or None
        A regular expression for the whole value (or each item).
    references : str or None
        What the value names: another table, or ``codes``, ``indicators``, ``questions``, ``deciders``,
        ``codebook.stakeholder_groups``, ``framework.units``, ``framework.dimensions``.
    example : str or None
        A value of the right form, shown where a pattern is not met.
    description : mapping of str to str
        By language.
    """

    name: str
    type: Type
    required: bool = False
    enum: tuple[str, ...] = ()
    item_enum: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    pattern: str | None = None
    item_pattern: str | None = None
    references: str | None = None
    example: str | None = None
    description: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Table:
    """One table: its columns, its key, and whether further columns may follow (``open``)."""

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    open: bool = False

    @property
    def file(self) -> str:
        """The name of the table's file in the folder of an enterprise."""
        return f"{self.name}.csv"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return one column by its name."""
        return next(column for column in self.columns if column.name == name)


@cache
def table(name: str) -> Table:
    """Return the definition of a table.

    Parameters
    ----------
    name : str
        One of :data:`TABLES`.

    Examples
    --------
    >>> table("codings").key
    ('coding',)
    """
    content = yaml_content((DIRECTORY / f"{name}.yml").read_text(encoding="utf-8"))
    return Table(
        name=content["table"],
        title=content["title"],
        description=content["description"],
        key=tuple(content["key"]),
        columns=tuple(_column(item) for item in content["columns"]),
        open=content.get("open", False),
    )


def survey_table(items: Mapping[str, Any] | None) -> Table:
    """Return the definition of the survey with one column for each covariate and item that the enterprise names.

    Parameters
    ----------
    items : mapping or None
        The content of ``survey_items.yml``. None leaves the further columns undefined (``open``).
    """
    base = table("survey")
    if items is None:
        return base
    further = [_covariate(item) for item in items["covariates"]] + [_item(item) for item in items["items"]]
    names = set(base.names)
    return replace(
        base, columns=(*base.columns, *(column for column in further if column.name not in names)), open=False
    )


def _column(content: Mapping[str, Any]) -> Column:
    return Column(
        name=content["name"],
        type=content["type"],
        required=content.get("required", False),
        enum=tuple(content.get("enum", ())),
        item_enum=tuple(content.get("item_enum", ())),
        minimum=content.get("min"),
        maximum=content.get("max"),
        above=content.get("above"),
        pattern=content.get("pattern"),
        item_pattern=content.get("item_pattern"),
        references=content.get("references"),
        example=content.get("example"),
        description=content["description"],
    )


def _covariate(content: Mapping[str, Any]) -> Column:
    categorical = content["kind"] == "categorical"
    categories = tuple(str(category) for category in content["categories"] or ())
    return Column(
        name=content["id"],
        type="string" if categorical else "number",
        enum=categories if categorical else (),
        description=content["label"],
    )


def _item(content: Mapping[str, Any]) -> Column:
    return Column(
        name=content["id"],
        type="number",
        minimum=content["min"],
        maximum=content["max"],
        description=content["label"],
    )
