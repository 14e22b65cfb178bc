"""Hostile projects: one clear error each, nothing written, and little memory, measured in a process of its own."""

import io
import json
import os
import sqlite3
import stat
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from vises_methods.qualitative import read_project

MOST_MEGABYTES = 400
READ = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (6 * 2**30, 6 * 2**30))
from vises_methods.errors import ExchangeError
from vises_methods.qualitative import read_project
kilobytes = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
told = {}
for path in sys.argv[1:]:
    before = kilobytes()
    try:
        read_project(path)
        told[path] = ["read", 0]
    except ExchangeError as error:
        assert all(error.message(lang) for lang in ("fr", "nl", "en"))
        told[path] = [error.problem.code.rpartition(".")[2], (kilobytes() - before) / 1024]
print(json.dumps(told))
"""
PROJECT = (
    '<Project xmlns="urn:QDA-XML:project:1.0" name="p"><CodeBook><Codes><Code guid="c1" name="X"/></Codes></CodeBook>'
    '<Sources><TextSource guid="s1" name="a" plainTextPath="internal://a.txt">{}</TextSource></Sources></Project>'
)


def archive(path: Path, members: dict[str, bytes], project: str = PROJECT.format("")) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("project.qde", project)
        for name, content in members.items():
            file.writestr(name, content)
    return path


def overlapping(path: Path) -> Path:
    """One member of 60 MB that the directory lists 200 times: 12 GB from a file of some 80 kB."""
    archive(path, {"sources/a.txt": b"x" * 60 * 2**20})
    content = path.read_bytes()
    first, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entry = content[content.rindex(b"PK\x01\x02") : end]
    copies = b"".join(entry.replace(b"a.txt", f"{i:05d}".encode()) for i in range(200))
    directory = content[first:end] + copies
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 202, 202, len(directory), first, 0)
    path.write_bytes(content[:first] + directory + tail)
    return path


def inside_another(path: Path) -> Path:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bomb", b"\x00" * 50 * 2**20)
    return archive(path, {"sources/a.txt": inner.getvalue()})


def claiming(path: Path) -> Path:
    archive(path, {"sources/a.txt": b"short"})
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.rindex(b"PK\x01\x02") + 24, 2**31)
    path.write_bytes(bytes(content))
    return path


def linking(path: Path) -> Path:
    link = zipfile.ZipInfo("sources/a.txt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("project.qde", PROJECT.format(""))
        file.writestr(link, "/etc/passwd")
    return path


def entities(path: Path) -> Path:
    bomb = '<!DOCTYPE b [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    return archive(path, {}, f"{bomb}]><Project>&a11;</Project>")


def late_document_type(path: Path) -> Path:
    """The declaration stands behind a comment longer than any prolog that is looked through."""
    return archive(
        path, {}, f"<?xml version='1.0'?><!--{'x' * 5000}--><!DOCTYPE b [<!ENTITY a 'b'>]><Project>&a;</Project>"
    )


def taguette(path: Path, *, start: object = 0, end: object = 3, count: int = 1, views: str = "") -> Path:
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE projects (id, name); CREATE TABLE commands (id, user_login, project_id, payload);"
            "CREATE TABLE tags (id, project_id, path, description);"
            "CREATE TABLE documents (id, name, project_id, contents);"
            "CREATE TABLE highlights (id, document_id, start_offset, end_offset, snippet);"
            "CREATE TABLE highlight_tags (highlight_id, tag_id);"
            "INSERT INTO projects VALUES (1, 'p'); INSERT INTO tags VALUES (1, 1, 'X', '');"
            "INSERT INTO documents VALUES (1, 'd', 1, 'One two three four.'); INSERT INTO highlight_tags VALUES (1, 1);"
        )
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO highlights SELECT i, 1, ?, ?, '' FROM n",
            (count, start, end),
        )
        connection.executescript(views)
    return path


VIEW = (
    "DROP TABLE highlights; CREATE VIEW highlights AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT i AS id, 1 AS document_id, 0 AS start_offset, 3 AS end_offset, '' AS snippet FROM n;"
)


def cut(path: Path) -> Path:
    taguette(path, count=2000)
    path.write_bytes(path.read_bytes()[:9000])
    return path


def renamed(path: Path) -> Path:
    path.write_bytes(b"%PDF-1.7 nothing of the kind")
    return path


HOSTILE = {
    "overlapping.qdpx": (overlapping, "too_large"),
    "inside.qdpx": (inside_another, "not_unicode"),
    "claiming.qdpx": (claiming, "too_large"),
    "linking.qdpx": (linking, "climbing_path"),
    "entities.qdpx": (entities, "document_type"),
    "late.qdpx": (late_document_type, "document_type"),
    "million.sqlite3": (lambda path: taguette(path, end=0, count=1_000_000), "too_many_codings"),
    "view.sqlite3": (lambda path: taguette(path, views=VIEW), "unknown_format"),
    "cut.sqlite3": (cut, "not_database"),
    "past.sqlite3": (lambda path: taguette(path, end=9999), "positions_outside"),
    "negative.sqlite3": (lambda path: taguette(path, start=-4), "position"),
    "word.sqlite3": (lambda path: taguette(path, start="one"), "position"),
    "huge.sqlite3": (lambda path: taguette(path, end=2**62), "positions_outside"),
    "backwards.sqlite3": (lambda path: taguette(path, start=8, end=2), "positions_reversed"),
    "renamed.qdpx": (renamed, "unknown_format"),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    paths = [str(make(folder / name)) for name, (make, _) in HOSTILE.items()]
    before = sorted(folder.iterdir())
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run(
        [sys.executable, "-c", READ, *paths], capture_output=True, text=True, check=False, env=environment, timeout=300
    )
    assert run.returncode == 0, run.stderr
    assert sorted(folder.iterdir()) == before
    return {Path(path).name: found for path, found in json.loads(run.stdout).items()}


@pytest.mark.parametrize("name", HOSTILE)
def test_one_error_in_little_memory(told, name):
    code, megabytes = told[name]
    assert code.startswith(HOSTILE[name][1])
    assert megabytes < MOST_MEGABYTES


def test_a_trigger_is_never_fired(tmp_path):
    path = taguette(
        tmp_path / "p.sqlite3",
        views="CREATE TABLE spilt (x); CREATE TRIGGER t AFTER INSERT ON highlights "
        "BEGIN INSERT INTO spilt VALUES (1); END;",
    )
    content = path.read_bytes()
    assert len(read_project(path).codings) == 1
    assert path.read_bytes() == content
    assert sorted(tmp_path.iterdir()) == [path]


def test_a_coding_of_no_character_is_reported_and_left_out(tmp_path):
    result = read_project(taguette(tmp_path / "p.sqlite3", start=3, end=3))
    assert result.codings.empty
    assert result.losses.set_index("what")["count"]["empty_coding"] == 1
