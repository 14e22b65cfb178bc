"""Names that a file lacks, repeats or writes in signs that no other file may hold."""

import shutil
import sqlite3
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import Code, Codebook, CodedProject, read_project, write_qdc, write_qdpx

REFERENCES = Path(__file__).parents[3] / "references" / "qualitative"
TAGUETTE = REFERENCES / "taguette" / "server.sqlite3"
QUALCODER = REFERENCES / "qualcoder" / "pilote_qualcoder.qda" / "data.qda"
PLACE = ["document", "coder", "code", "start", "end"]


def changed(original, copy, *statements):
    """Return the project of a database after these statements."""
    shutil.copy(original, copy)
    connection = sqlite3.connect(copy)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return read_project(copy)


def again(project, folder):
    """Return what is read of what was written, and hold that it is the same."""
    found = read_project(write_qdpx(project, folder / "again.qdpx"))
    one, other = (p.codings[PLACE].sort_values(PLACE, ignore_index=True) for p in (project, found))
    pd.testing.assert_frame_equal(one, other)
    assert found.documents["text"].tolist() == project.documents["text"].tolist()
    return found


@pytest.mark.parametrize(
    ("original", "statement", "unknown"),
    [
        (TAGUETTE, "DELETE FROM commands", 24),
        (TAGUETTE, "UPDATE commands SET payload = 'no json'", 24),
        (QUALCODER, "UPDATE code_text SET owner = NULL", 23),
        (QUALCODER, "UPDATE code_text SET owner = '' WHERE owner = 'bram'", 11),
    ],
)
def test_who_is_not_named_is_not_invented(tmp_path, original, statement, unknown):
    project = changed(original, tmp_path / f"p{original.suffix}", statement)
    losses = project.losses.set_index("what")["count"]
    assert losses["coder_missing"] == unknown == (project.codings["coder"] == "?").sum()
    assert again(project, tmp_path).losses.set_index("what")["count"]["coder_missing"] == unknown
    assert any("?" in line for line in project.report("fr"))


def test_control_characters_and_empty_names_do_not_travel(tmp_path):
    project = changed(
        QUALCODER,
        tmp_path / "p.qda",
        "UPDATE code_name SET name = 'a' || char(1) || 'b' WHERE cid = 1",
        "UPDATE source SET name = 'x' || char(7) WHERE id = 1",
        "UPDATE cases SET name = char(27) WHERE caseid = 1",
    )
    found = again(project, tmp_path)
    assert "x" in set(found.documents["document"])
    assert any(code.id.endswith("ab") for code in found.codebook)
    assert "?" in set(found.cases["case"])
    nameless = changed(TAGUETTE, tmp_path / "p.sqlite3", "UPDATE tags SET path = '' WHERE id = 1")
    assert "?" in [code.id for code in again(nameless, tmp_path).codebook]


def test_two_people_of_one_name_stay_two(tmp_path):
    texts = pd.DataFrame({"document": ["d"], "text": ["One two."]})
    rows = [("d", "ana", "X", 0, 3), ("d", "ben", "X", 0, 3)]
    project = CodedProject(texts, Codebook("b", "1", (Code("X"),)), pd.DataFrame(rows, columns=PLACE))
    written = write_qdpx(project, tmp_path / "p.qdpx")
    with zipfile.ZipFile(written) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content.replace(b'name="ben"', b'name="ana"'))
    assert read_project(written).codings["coder"].tolist() == ["ana", "ana (2)"]


def test_a_tree_deeper_than_readers_take_is_not_written(tmp_path):
    chain = tuple(Code(f"c{i}", f"c{i - 1}" if i else None) for i in range(300))
    with pytest.raises(InputError):
        write_qdc(Codebook("b", "1", chain), tmp_path / "b.qdc")
    assert not list(tmp_path.iterdir())
