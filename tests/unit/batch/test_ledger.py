"""The ledger keeps how each job ended and all estimates, and can be read while it is written."""

import sqlite3
from contextlib import closing

import pytest

from vises_methods.batch.ledger import Entry, Ledger
from vises_methods.batch.outcome import Failure
from vises_methods.errors import NotebookError

PLACE = ("baseline", "abeille", "01_a", "fr")
ROW = {
    "methodology": "baseline", "enterprise": "abeille", "group": "G1", "region": "wallonie", "notebook": "01_a",
    "lang": "fr", "result": "jobs", "method": "A mean", "measure": "mean", "subject": "jobs", "estimate": 1.5,
}  # fmt: skip


@pytest.fixture
def ledger(tmp_path):
    with Ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


def test_an_entry_comes_back_as_it_went(ledger):
    failure = Failure("cell_error", "\x1b[31mValueError\x1b[0m: é", 4, "x = 1")
    entry = Entry("a", "failed", "k", {"inputs": {"é": "1"}}, {}, failure)
    ledger.record(entry, PLACE, started="2026-01-01T00:00:00+00:00", seconds=2.0)
    assert ledger.entries() == {"a": entry}
    assert ledger.entries()["a"].failure.detail == "ValueError: é"
    done = Entry("a", "done", "k", {}, {"a.ipynb": "d"})
    ledger.record(done, PLACE, started="2026-01-01T00:01:00+00:00", seconds=4.0)
    assert ledger.entries() == {"a": done}
    assert ledger.usual_seconds() == {"01_a": 4.0}


def test_estimates_are_replaced_and_new_columns_added(ledger):
    ledger.put_estimates("a", PLACE, [ROW, {**ROW, "subject": "wages", "se": 0.1, "N": 7}])
    ledger.put_estimates("b", ("baseline", "bourdon", "01_a", "fr"), [{**ROW, "enterprise": "bourdon"}])
    columns, rows = ledger.estimates("baseline")
    assert columns[-2:] == ["reason", "se"]
    table = [dict(zip(columns, row, strict=True)) for row in rows]
    assert [(row["enterprise"], row["subject"], row["se"], row["n"]) for row in table] == [
        ("abeille", "jobs", None, None), ("abeille", "wages", 0.1, 7), ("bourdon", "jobs", None, None),
    ]  # fmt: skip
    ledger.put_estimates("a", PLACE, [])
    ledger.record(Entry("b", "done", "k", {}, {}), ("baseline", "bourdon", "01_a", "fr"))
    ledger.record(Entry("z", "done", "k", {}, {}), ("baseline", "", "80_z", "fr"))
    ledger.keep_enterprises(["abeille"])
    assert list(ledger.estimates("baseline")[1]) == []
    assert set(ledger.entries()) == {"z"}


def test_it_is_read_while_it_is_written_and_reading_writes_nothing(ledger, tmp_path):
    ledger.record(Entry("a", "done", "k", {}, {}), PLACE)
    with Ledger.for_reading(tmp_path / "ledger.sqlite") as reader:
        reader.file_digests["x"] = (1, 2, 3, "d0")
        assert set(reader.entries()) == {"a"}
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.put_passed_check("a", "d")
    assert Ledger.for_reading(tmp_path / "none.sqlite").entries() == {}
    assert not (tmp_path / "none.sqlite").exists()


def test_one_that_is_only_being_made_is_read_as_empty(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as begun:
        begun.execute("PRAGMA journal_mode=WAL")
        with Ledger.for_reading(path) as reader:
            assert reader.entries() == {}


def test_digests_of_files_last(tmp_path):
    with Ledger(tmp_path / "ledger.sqlite") as first:
        for name in ("/a/x", "/a/y", "/b/x"):
            first.file_digests[name] = (1, 2, 3, "d0")
        del first.file_digests["/a/y"]
    with Ledger(tmp_path / "ledger.sqlite") as second:
        assert dict(second.file_digests) == {"/a/x": (1, 2, 3, "d0"), "/b/x": (1, 2, 3, "d0")}
        second.file_digests["/a/x"] = (4, 2, 3, "d1")
        assert second.file_digests["/a/x"] == (4, 2, 3, "d1")
        second.file_digests.flush()
        assert second.file_digests["/a/x"] == (4, 2, 3, "d1")


def test_a_damaged_ledger_is_told(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database at all, but long enough to be looked at" * 50)
    for opening in (Ledger, Ledger.for_reading):
        with pytest.raises(NotebookError) as told:
            opening(path)
        assert "ledger.sqlite" in told.value.message("nl")


def test_what_the_system_refuses_is_no_damage(tmp_path):
    """A full disk must not make anyone delete a ledger that is whole."""
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        Ledger(tmp_path / "folder.sqlite")


def test_a_write_that_fails_leaves_what_stood(ledger, tmp_path):
    ledger.put_estimates("a", PLACE, [ROW])
    with pytest.raises(sqlite3.Error):
        ledger.put_estimates("a", ("baseline", "abeille", "01_a", []), [ROW])
    with Ledger.for_reading(tmp_path / "ledger.sqlite") as other:
        assert len(list(other.estimates("baseline")[1])) == 1


EARLIER = """
CREATE TABLE jobs (id TEXT PRIMARY KEY, methodology TEXT, enterprise TEXT, notebook TEXT, lang TEXT,
  state TEXT NOT NULL, key TEXT, components TEXT, outputs TEXT, failure TEXT, cell INTEGER, line TEXT, detail TEXT);
CREATE TABLE files (path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, sha256 TEXT);
CREATE TABLE estimates (job TEXT NOT NULL, methodology TEXT, enterprise TEXT, notebook TEXT, lang TEXT, estimate REAL,
  reason TEXT, se);
INSERT INTO jobs VALUES ('a', 'baseline', 'abeille', '01_a', 'fr', 'done', 'k', '{"lock": "x"}', '{"a.ipynb": "d"}',
  NULL, NULL, NULL, NULL);
INSERT INTO files VALUES ('/a/x', 1, 2, 'd0');
INSERT INTO estimates VALUES ('a', 'baseline', 'abeille', '01_a', 'fr', 1.5, NULL, 0.5),
  ('a', 'baseline', 'abeille', '01_a', 'fr', NULL, 'too few', NULL);
"""


def test_a_ledger_of_an_earlier_version_is_read_and_taken_over(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as earlier:
        earlier.executescript(EARLIER)
    known = {"a": Entry("a", "done", "k", {"lock": "x"}, {"a.ipynb": "d"})}
    with Ledger.for_reading(path) as reader:
        assert reader.entries() == known
        assert (dict(reader.file_digests), reader.cards) == ({}, {})
    with Ledger(path) as ledger:
        assert ledger.entries() == known
        columns, rows = ledger.estimates("baseline")
        told = [{name: cell for name, cell in zip(columns, row, strict=True) if cell is not None} for row in rows]
        assert [(row.get("estimate"), row.get("reason"), row.get("se")) for row in told] == [
            (1.5, None, 0.5), (None, "too few", None),
        ]  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        lambda _, page: page.unlink(),
        lambda _, page: page.write_text("damaged"),
        lambda ledger, _: ledger.record(Entry("a", "done", "k", {}, {}), PLACE),
        lambda ledger, _: ledger.record_attempt("a", "01_a", "k", Failure("worker"), started="2026-01-01", seconds=1.0),
        lambda ledger, _: ledger.put_estimates("a", PLACE, [ROW]),
    ],
    ids=["gone", "damaged", "job", "attempt", "estimates"],
)
def test_what_tells_of_jobs_is_written_again_only_when_something_changed(ledger, tmp_path, changed):
    page, times = tmp_path / "index.html", []

    def made(made_from):
        ledger.write_unless_standing([page], made_from, lambda: (times.append(made_from), page.write_text("told")))
        return len(times)

    assert [made("a title"), made("a title"), made("another"), made("another")] == [1, 1, 2, 2]
    changed(ledger, page)
    assert made("another") == 3
    assert page.read_text() == "told"
