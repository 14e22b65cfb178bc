"""The enterprises that a simulation draws from, each read once and kept as written."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from vises_methods.catalogue import yaml_content
from vises_methods.study.definitions import TABLES
from vises_methods.study.models import ENTERPRISE_FILES
from vises_methods.study.simulation.names import mentions

Row = dict[str, str]


@dataclass(frozen=True)
class Source:
    """An enterprise as its files are written.

    Attributes
    ----------
    profile : dict
    yaml : dict of str to str
        Its other YAML files.
    headers, tables : dict
        The columns and the rows of its tables, each cell as written.
    texts : dict of str to str
    mentions : re.Pattern
        What finds its name in a text.
    """

    profile: dict[str, Any]
    yaml: dict[str, str]
    headers: dict[str, list[str]]
    tables: dict[str, list[Row]]
    texts: dict[str, str]
    mentions: re.Pattern[str]

    @cached_property
    def segments(self) -> dict[str, list[tuple[int, int]]]:
        """Where the codings and adjudications of each document stand."""
        spans: dict[str, list[tuple[int, int]]] = {}
        for table in ("codings", "adjudications"):
            for row in self.tables.get(table, []):
                spans.setdefault(row["document"], []).append((int(row["start"]), int(row["end"])))
        return spans

    @cached_property
    def withdrawn(self) -> list[str]:
        """The labels of those who withdrew their consent: their words are searched for, so they must stay."""
        return [row["label"] for row in self.tables.get("consent", []) if row["withdrawn_on"] and row["label"]]

    @cached_property
    def part(self) -> dict[str, Any]:
        """Its part of the framework."""
        return dict(yaml_content(self.yaml["framework"])) if "framework" in self.yaml else {}

    @cached_property
    def items(self) -> list[dict[str, Any]]:
        """The items of its survey."""
        return list(yaml_content(self.yaml["survey_items"])["items"]) if "survey_items" in self.yaml else []


def read_source(folder: Path) -> Source:
    """Read the folder of an enterprise that :func:`check_study` finds no problem in."""
    profile = yaml_content((folder / "profile.yml").read_text(encoding="utf-8"))
    others = [name for name in ENTERPRISE_FILES if name != "profile" and (folder / f"{name}.yml").is_file()]
    headers, tables = {}, {}
    for name in TABLES:
        if (folder / f"{name}.csv").is_file():
            content = (folder / f"{name}.csv").read_text(encoding="utf-8-sig")
            reader = csv.DictReader(io.StringIO(content, newline=""))
            tables[name] = [{str(key): (value or "").strip() for key, value in row.items()} for row in reader]
            headers[name] = list(reader.fieldnames or [])
    return Source(
        profile=profile,
        yaml={name: (folder / f"{name}.yml").read_text(encoding="utf-8") for name in others},
        headers=headers,
        tables=tables,
        texts={path.stem: _as_stored(path) for path in sorted((folder / "texts").glob("*.txt"))},
        mentions=mentions(profile["name"]),
    )


def _as_stored(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def table_text(header: list[str], rows: list[Row]) -> str:
    """Write rows as CSV."""
    written = io.StringIO()
    writer = csv.DictWriter(written, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()
