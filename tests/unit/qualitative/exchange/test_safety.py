"""Damaged and hostile project files: a clear error each, in three languages, and nothing written beside them."""

import json
import sqlite3
import struct
import zipfile

import pytest

from vises_methods.errors import ExchangeError
from vises_methods.qualitative import Code, Codebook, read_project, read_qdc

SPACE = 'xmlns="urn:QDA-XML:project:1.0"'


def qdpx(path, project, members=()):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if project is not None:
            archive.writestr("project.qde", project)
        for name, content in members:
            archive.writestr(name, content)
    return path


def project(selections="", source='plainTextPath="internal://a.txt"', book=""):
    return (
        f'<Project {SPACE} name="p"><CodeBook><Codes><Code guid="c1" name="X" isCodable="true"/>{book}</Codes>'
        "</CodeBook>"
        f'<Sources><TextSource guid="s1" name="a" {source}>{selections}</TextSource></Sources></Project>'
    )


def selection(start, end):
    coding = '<Coding guid="k"><CodeRef targetGUID="c1"/></Coding>'
    return f'<PlainTextSelection guid="p" startPosition="{start}" endPosition="{end}">{coding}</PlainTextSelection>'


def refused(path, code, folder):
    before = sorted(folder.rglob("*"))
    with pytest.raises(ExchangeError) as caught:
        read_project(path)
    assert caught.value.problem.code.endswith(code)
    assert all(caught.value.message(lang) for lang in ("fr", "nl", "en"))
    assert sorted(folder.rglob("*")) == before


def test_an_entity_bomb(tmp_path):
    bomb = '<!DOCTYPE b [<!ENTITY a "xxxxxxxxxx">' + "".join(
        f'<!ENTITY a{i} "{f"&a{i - 1 if i else chr(0)};" * 10}">'.replace("&a\x00;", "&a;") for i in range(9)
    )
    refused(qdpx(tmp_path / "p.qdpx", f"{bomb}]><Project {SPACE}>&a8;</Project>"), "document_type", tmp_path)


def test_an_external_entity_is_not_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("confidential")
    hostile = f'<!DOCTYPE b [<!ENTITY a SYSTEM "{secret.as_uri()}">]><Project {SPACE} name="&a;">&a;</Project>'
    refused(qdpx(tmp_path / "p.qdpx", hostile), "document_type", tmp_path)


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out.txt", "sources/../../out.txt", "..\\out.txt", "C:/out.txt"])
def test_a_path_that_climbs_out_of_the_archive(tmp_path, name):
    refused(qdpx(tmp_path / "p.qdpx", project(), [(name, "x")]), "climbing_path", tmp_path)


def test_a_source_path_that_climbs_out(tmp_path):
    hostile = project(source='plainTextPath="internal://../../etc/passwd"')
    refused(qdpx(tmp_path / "p.qdpx", hostile), "climbing_path", tmp_path)


def test_a_source_outside_the_archive_is_not_opened_and_its_codings_are_reported(tmp_path):
    outside = project(selection(0, 3), source='plainTextPath="absolute:///etc/hostname"')
    result = read_project(qdpx(tmp_path / "p.qdpx", outside))
    assert result.documents.empty
    assert result.losses.set_index("what")["count"].to_dict() == {"source_without_text": 1, "coding_without_text": 1}


def test_two_gigabytes_claimed_in_a_zip_header(tmp_path):
    path = qdpx(tmp_path / "p.qdpx", project(), [("sources/a.txt", "short")])
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, entry + 24, 2**31)
    path.write_bytes(bytes(content))
    refused(path, "too_large", tmp_path)


def test_a_member_that_holds_more_than_it_claims(tmp_path):
    path = qdpx(tmp_path / "p.qdpx", project(), [("sources/a.txt", "x" * 100_000)])
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.rindex(b"PK\x01\x02") + 24, 10)
    path.write_bytes(bytes(content))
    with pytest.raises(ExchangeError):
        read_project(path)


def test_a_million_empty_codings(tmp_path):
    many = selection(0, 0) * 300_000
    refused(qdpx(tmp_path / "p.qdpx", project(many), [("sources/a.txt", "abc")]), "too_many_codings", tmp_path)


def test_a_few_empty_codings_are_counted_and_left_out(tmp_path):
    result = read_project(qdpx(tmp_path / "p.qdpx", project(selection(0, 0) * 3), [("sources/a.txt", "abc")]))
    assert result.codings.empty
    assert result.losses["what"].tolist() == ["empty_coding"]


@pytest.mark.parametrize(
    ("text", "marks", "code"),
    [
        (b"\xff\xfa\x80abc", selection(0, 2), "not_unicode"),
        (b"abc", selection(0, 99), "positions_outside"),
        (b"abc", selection(-1, 2), "position"),
        (b"abc", selection("9" * 40, "9" * 41), "position"),
        (b"abc", selection("one", 2), "position"),
    ],
)
def test_wrong_texts_and_positions(tmp_path, text, marks, code):
    refused(qdpx(tmp_path / "p.qdpx", project(marks), [("sources/a.txt", text)]), code, tmp_path)


def test_a_lone_surrogate(tmp_path):
    hostile = project().replace('name="p"', 'name="&#xD800;"')
    refused(qdpx(tmp_path / "p.qdpx", hostile), "not_xml", tmp_path)


def test_deep_nesting_and_broken_xml(tmp_path):
    deep = "<Code guid='c' name='x'>" * 5000
    refused(qdpx(tmp_path / "p.qdpx", project(book=deep)), "not_xml", tmp_path)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"PK\x03\x04 cut off", "not_zip"), (b"nothing known", "unknown_format"), (b"", "unknown_format")],
)
def test_files_that_are_not_what_they_seem(tmp_path, content, code):
    path = tmp_path / "p.qdpx"
    path.write_bytes(content)
    refused(path, code, tmp_path)


def test_an_archive_without_a_project(tmp_path):
    refused(qdpx(tmp_path / "p.qdpx", None, [("a.txt", "x")]), "no_project", tmp_path)


def test_a_database_that_is_cut_off(tmp_path):
    path = tmp_path / "p.sqlite3"
    path.write_bytes(b"SQLite format 3\x00" + b"\x07" * 3000)
    refused(path, "not_database", tmp_path)


def test_a_database_of_something_else(tmp_path):
    path = tmp_path / "p.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (id INTEGER)")
    refused(path, "unknown_format", tmp_path)


def test_no_such_file(tmp_path):
    refused(tmp_path / "none.qdpx", "file_not_found", tmp_path)


def taguette(path, contents, projects=1):
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE projects (id INTEGER, name TEXT); CREATE TABLE commands (id INTEGER, user_login TEXT,"
            "project_id INTEGER, payload TEXT); CREATE TABLE tags (id INTEGER, project_id INTEGER, path TEXT,"
            "description TEXT); CREATE TABLE documents (id INTEGER, name TEXT, project_id INTEGER, contents);"
            "CREATE TABLE highlights (id INTEGER, document_id INTEGER, start_offset INTEGER, end_offset INTEGER,"
            "snippet TEXT); CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER);"
        )
        connection.executemany("INSERT INTO projects VALUES (?, ?)", [(i, f"p{i}") for i in range(1, projects + 1)])
        connection.execute("INSERT INTO tags VALUES (1, 1, 'X', '')")
        connection.execute("INSERT INTO documents VALUES (1, 'd', 1, CAST(? AS TEXT))", (contents,))
        connection.execute("INSERT INTO highlights VALUES (7, 1, 0, 3, 'abc')")
        connection.execute("INSERT INTO highlight_tags VALUES (7, 1)")
        event = json.dumps({"type": "highlight_add", "highlight_id": 7})
        connection.executemany(
            "INSERT INTO commands VALUES (?, ?, 1, ?)", [(1, "ana", "not json"), (2, "ana", event), (3, "ben", event)]
        )
    return path


def test_a_database_text_that_is_not_utf8(tmp_path):
    refused(taguette(tmp_path / "p.sqlite3", b"ab\xff\xfec"), "not_database", tmp_path)


def test_a_log_with_broken_events_and_a_highlight_named_twice(tmp_path):
    assert read_project(taguette(tmp_path / "p.sqlite3", b"abc")).codings["coder"].tolist() == ["ana"]


def test_a_server_with_several_projects_asks_which(tmp_path):
    path = taguette(tmp_path / "p.sqlite3", b"abc", projects=2)
    refused(path, "several_projects", tmp_path)
    assert read_project(path, project="p1").codings["quote"].tolist() == ["abc"]


def test_codes_in_a_circle_or_of_one_name_stay_apart(tmp_path):
    path = tmp_path / "b.qdc"
    codes = '<Code guid="1" name="X"/><Code guid="2" name="X"/>'
    path.write_text(f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"><Codes>{codes}</Codes></CodeBook>')
    assert read_qdc(path) == Codebook("b.qdc", "", (Code("X", label="X"), Code("X (2)", label="X")))
