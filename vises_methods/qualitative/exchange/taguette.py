"""Read Taguette's databases: the server's own, and an exported project.

Only the server's event log says who made a highlight; an exported project gives every event to one user. Positions are
UTF-8 bytes over the text nodes of the document, joined.
"""

from __future__ import annotations

import json
import sqlite3
from html.parser import HTMLParser
from pathlib import Path

from vises_methods.errors import ExchangeError
from vises_methods.qualitative.codebook import Code
from vises_methods.qualitative.exchange.assembling import RawCoding, RawSource, assembled
from vises_methods.qualitative.exchange.positions import Basis
from vises_methods.qualitative.exchange.project import CodedProject, clean_name, distinct_names
from vises_methods.qualitative.exchange.safety import database, require_few_codings, stored_number, stored_position

TABLES = frozenset({"documents", "highlights", "highlight_tags", "tags", "commands", "projects"})
EXPORTED_USER = "admin"
_EXPECTED = Basis("UTF-8 bytes")


def read_taguette(path: Path, project: str | None, normalise: bool) -> CodedProject:
    """Read one project of a Taguette database.

    Parameters
    ----------
    path : Path
    project : str or None
        The name of the project, where the database holds several.
    normalise : bool
        See :func:`read_project`.
    """
    with database(path) as connection:
        number = _chosen(connection, project, path.name)
        ((count,),) = connection.execute(
            "SELECT count(*) FROM highlights JOIN documents d ON d.id = document_id WHERE d.project_id = ?", (number,)
        )
        require_few_codings(count, path.name)
        coders = _coders(connection, number)
        codes = _codes(connection, number)
        sources, untagged = _sources(connection, number, coders, path.name)
    lost = count if set(coders.values()) == {EXPORTED_USER} else 0
    losses = [("highlight_without_tag", untagged, ""), ("coder_unknown", lost, EXPORTED_USER)]
    return assembled(path.name, sources, codes, _EXPECTED, losses, normalise=normalise)


def _chosen(connection: sqlite3.Connection, project: str | None, where: str) -> int:
    projects = {
        str(name): stored_number(number, where, "projects.id")
        for number, name in connection.execute("SELECT id, name FROM projects")
    }
    if project is None and len(projects) == 1:
        return next(iter(projects.values()))
    if project not in projects:
        if project is None:
            names = sorted(projects)
            raise ExchangeError("qualitative.errors.several_projects", where, count=len(projects), names=names)
        raise ExchangeError("unknown_option", where, value=project, allowed=sorted(projects))
    return projects[project]


def _coders(connection: sqlite3.Connection, project: int) -> dict[int, str]:
    """Return who made each highlight, from the log of events."""
    coders: dict[int, str] = {}
    query = "SELECT user_login, payload FROM commands WHERE project_id = ? ORDER BY id"
    for user, payload in connection.execute(query, (project,)):
        try:
            event = json.loads(payload)
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("type") == "highlight_add":
            number = event.get("highlight_id")
            if isinstance(number, int):
                coders.setdefault(number, str(user))
    return coders


def _codes(connection: sqlite3.Connection, project: int) -> tuple[Code, ...]:
    """Return the tags; a tag stands under the longest tag whose path it continues after a point."""
    query = "SELECT path, description FROM tags WHERE project_id = ? ORDER BY path"
    tags = {clean_name(path): str(description or "") for path, description in connection.execute(query, (project,))}
    return tuple(Code(path, _above(path, tags), label=path, definition=text) for path, text in tags.items())


def _above(path: str, tags: dict[str, str]) -> str | None:
    parts = path.split(".")
    prefixes = (".".join(parts[:size]) for size in range(len(parts) - 1, 0, -1))
    return next((prefix for prefix in prefixes if prefix in tags), None)


def _sources(
    connection: sqlite3.Connection, project: int, coders: dict[int, str], where: str
) -> tuple[list[RawSource], int]:
    documents = connection.execute(
        "SELECT id, name, contents FROM documents WHERE project_id = ? ORDER BY id", (project,)
    ).fetchall()
    names = distinct_names([str(name) for _, name, _ in documents])
    sources, untagged = [], 0
    for (number, _, contents), name in zip(documents, names, strict=True):
        query = (
            "SELECT h.id, h.start_offset, h.end_offset, h.snippet, t.path FROM highlights h "
            "LEFT JOIN highlight_tags ht ON ht.highlight_id = h.id LEFT JOIN tags t ON t.id = ht.tag_id "
            "WHERE h.document_id = ? ORDER BY h.id, t.path"
        )
        codings = []
        for highlight, start, end, snippet, path in connection.execute(query, (number,)):
            if path is None:
                untagged += 1
                continue
            coder = coders.get(highlight, "")
            place = f"{where}: {name}, {coder}" if coder else f"{where}: {name}"
            span = stored_position(start, place, "start_offset"), stored_position(end, place, "end_offset")
            codings.append(RawCoding(*span, clean_name(path), coder, text_of_html(str(snippet or ""))))
        sources.append(RawSource(name, text_of_html(str(contents)), tuple(codings)))
    return sources, untagged


def text_of_html(html: str) -> str:
    """Return the text nodes of a piece of HTML, joined without anything between them.

    Examples
    --------
    >>> text_of_html("<p>un &amp; <b>deux</b><br></p>")
    'un & deux'
    """
    collector = _TextNodes()
    collector.feed(html)
    collector.close()
    return "".join(collector.texts)


class _TextNodes(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
