"""Opening foreign files without trusting them: bounded sizes, no path from an archive, no entities, no network."""

from __future__ import annotations

import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from lxml import etree

from vises_methods.errors import ExchangeError

LARGEST_FILE = 256 * 2**20
LARGEST_MEMBER = 64 * 2**20
LARGEST_ARCHIVE = 512 * 2**20
MOST_MEMBERS = 20_000
MOST_CODINGS = 250_000
PROLOG = 1024
_LINK = 0xA
"""How Unix marks a symbolic link in the attributes of a zip's member."""
SQLITE_HEADER = b"SQLite format 3\x00"
_CODE = "qualitative.errors"


def first_bytes(path: Path) -> bytes:
    """Return what a file begins with, after checking that it is there and not too large."""
    if not path.is_file():
        raise ExchangeError("file_not_found", path.name, path=path.name)
    if path.stat().st_size > LARGEST_FILE:
        raise ExchangeError(f"{_CODE}.too_large", path.name, size=path.stat().st_size, most=LARGEST_FILE)
    with path.open("rb") as file:
        return file.read(4096)


def decoded(content: bytes, where: str) -> str:
    """Return bytes as text; UTF-8, or UTF-16 where a byte order mark says so."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ExchangeError(f"{_CODE}.not_unicode", where, position=error.start) from None


def parsed_xml(content: bytes, where: str) -> Any:
    """Parse XML that holds no document type, hence no entities."""
    _require_no_document_type(content, where)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content.removeprefix(b"\xef\xbb\xbf"), parser)
    except etree.XMLSyntaxError as error:
        raise ExchangeError(f"{_CODE}.not_xml", where, detail=str(error)) from None
    if root.getroottree().docinfo.doctype:
        raise ExchangeError(f"{_CODE}.document_type", where)
    return root


def _require_no_document_type(content: bytes, where: str) -> None:
    prolog = content[:PROLOG]
    if any("<!DOCTYPE".encode(encoding) in prolog for encoding in ("utf-8", "utf-16-le", "utf-16-be")):
        raise ExchangeError(f"{_CODE}.document_type", where)


class Archive:
    """A zip file whose members are read by name into memory and never written anywhere.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ExchangeError
        For a file that is no zip, a member whose path climbs out or is absolute, or sizes beyond the limits. Nothing is
        unpacked before all of this is known.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        try:
            self._file = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise ExchangeError(f"{_CODE}.not_zip", path.name, detail=str(error)) from None
        members = self._file.infolist()
        if len(members) > MOST_MEMBERS:
            raise ExchangeError(f"{_CODE}.too_many_members", path.name, count=len(members), most=MOST_MEMBERS)
        for member in members:
            _require_tame(member, path.name)
        total = sum(member.file_size for member in members)
        if total > LARGEST_ARCHIVE:
            raise ExchangeError(f"{_CODE}.too_large", path.name, size=total, most=LARGEST_ARCHIVE)
        self._members = {member.filename.lower(): member for member in members if not member.is_dir()}

    @property
    def names(self) -> list[str]:
        """The members' names, in lower case."""
        return list(self._members)

    def read(self, name: str) -> bytes | None:
        """Return a member's bytes, its name in any case, or None where there is none."""
        member = self._members.get(name.lower())
        if member is None:
            return None
        where = f"{self._name}/{member.filename}"
        if member.file_size > LARGEST_MEMBER:
            raise ExchangeError(f"{_CODE}.too_large", where, size=member.file_size, most=LARGEST_MEMBER)
        try:
            with self._file.open(member) as stream:
                content = stream.read(member.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            raise ExchangeError(f"{_CODE}.not_zip", where, detail=str(error)) from None
        if len(content) > member.file_size:
            raise ExchangeError(f"{_CODE}.too_large", where, size=len(content), most=member.file_size)
        return content

    def require_no_document_types(self) -> None:
        """Raise an error where an XML member declares a document type, before another reader opens the file."""
        for name in self.names:
            if name.endswith((".xml", ".rels")):
                _require_no_document_type(self.read(name) or b"", f"{self._name}/{name}")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _require_tame(member: zipfile.ZipInfo, where: str) -> None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    symbolic_link = member.external_attr >> 28 == _LINK
    if symbolic_link or path.is_absolute() or ".." in path.parts or ":" in member.filename.split("/")[0]:
        raise ExchangeError(f"{_CODE}.climbing_path", where, path=member.filename)
    if member.file_size > LARGEST_ARCHIVE:
        raise ExchangeError(f"{_CODE}.too_large", where, size=member.file_size, most=LARGEST_ARCHIVE)


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """Open an SQLite file for reading only, without trusting its schema."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_MEMBER)
        try:
            yield connection
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            raise ExchangeError(f"{_CODE}.not_database", path.name, detail=str(error)) from None


def table_names(connection: sqlite3.Connection) -> set[str]:
    """Return the names of the tables of a database."""
    return {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def stored_number(value: object, where: str, column: str) -> int:
    """Return a whole number of a database, in which any column may hold anything."""
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    raise ExchangeError(f"{_CODE}.position", where, column=column, value=str(value)[:40])


def stored_position(value: object, where: str, column: str) -> int:
    """Return a position in a text, which is not negative."""
    number = stored_number(value, where, column)
    if number < 0:
        raise ExchangeError(f"{_CODE}.position", where, column=column, value=str(number))
    return number


def require_few_codings(count: int, where: str) -> None:
    """Raise an error where a file holds more codings than people can make."""
    if count > MOST_CODINGS:
        raise ExchangeError(f"{_CODE}.too_many_codings", where, count=count, most=MOST_CODINGS)


def require_unicode(text: str, where: str) -> None:
    """Raise an error where a text holds half a character (a lone surrogate)."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ExchangeError(f"{_CODE}.not_unicode", where, position=error.start) from None
