import zipfile

import openpyxl
import pandas as pd
import pytest

from vises_methods.errors import ExchangeError, InputError
from vises_methods.qualitative import read_codings, write_codings

TEXTS = pd.DataFrame({"document": ["d", "e"], "text": ["Un 😀 deux, trois.\nQuatre mots ici.", "Eén, één."]})
MARKS = pd.DataFrame(
    [
        ("d", "ana", "X", 5, 9, "deux", "=1+1"),
        ("d", "ben", "Y", 18, 24, "Quatre", None),
        ("e", "ana", "X", 5, 8, "één", ""),
    ],
    columns=["document", "coder", "code", "start", "end", "quote", "memo"],
)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_is_written_is_read_back(tmp_path, suffix):
    again = read_codings(write_codings(MARKS, tmp_path / f"c.{suffix}"), TEXTS)
    columns = ["document", "coder", "code", "start", "end", "quote"]
    assert again[columns].to_numpy().tolist() == MARKS[columns].to_numpy().tolist()
    assert again["memo"].iloc[0] == "=1+1"
    assert again["reference"].tolist() == ["d:5-9", "d:18-24", "e:5-8"]


def test_no_cell_is_a_formula(tmp_path):
    book = openpyxl.load_workbook(write_codings(MARKS, tmp_path / "c.xlsx"))
    assert [cell.data_type for row in book.worksheets[0].iter_rows() for cell in row].count("f") == 0


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_quotes_alone_are_placed_where_they_occur_once(tmp_path, separator):
    rows = [("document", "coder", "code", "quote"), ("e", "ana", "X", "één"), ("d", "ben", "Y", "Quatre mots")]
    path = tmp_path / "c.csv"
    path.write_text("\ufeff" + "\n".join(separator.join(row) for row in rows), encoding="utf-8")
    assert read_codings(path, TEXTS)[["start", "end"]].to_numpy().tolist() == [[5, 8], [18, 29]]


def test_positions_in_utf16_units_are_converted(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("document,coder,code,start,end,quote\nd,ana,X,6,10,deux\nd,ana,X,12,17,trois\n", encoding="utf-8")
    assert read_codings(path, TEXTS)[["start", "end"]].to_numpy().tolist() == [[5, 9], [11, 16]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("document,coder,code,quote\ne,a,X,absent\n", "quote_place"),
        ("document,coder,code,quote\ne,a,X,n\n", "quote_place"),
        ("document,coder,code,start,end\nz,a,X,0,1\n", "unknown_document"),
        ("document,coder,code,start,end\ne,a,X,zero,1\n", "position"),
        ("document,coder,code\ne,a,X\n", "missing_columns"),
        ("document,code,start,end\ne,X,0,1\n", "missing_columns"),
        ("document,coder,code,start,end\ne,a,X,0,99\n", "positions_outside"),
        ("", "empty_data"),
    ],
)
def test_what_cannot_be_placed_is_an_error_with_its_row(tmp_path, content, code):
    path = tmp_path / "c.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises((InputError, ExchangeError)) as caught:
        read_codings(path, TEXTS)
    assert caught.value.problem.code.endswith(code)
    assert all(caught.value.message(lang) for lang in ("fr", "nl", "en"))


def test_a_broken_sheet_and_an_unknown_ending_are_errors(tmp_path):
    path = tmp_path / "c.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(ExchangeError):
        read_codings(path, TEXTS)
    with pytest.raises(InputError):
        write_codings(MARKS, tmp_path / "c.ods")


def test_a_sheet_with_a_document_type_is_refused(tmp_path):
    path = write_codings(MARKS, tmp_path / "c.xlsx")
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/workbook.xml"] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + members["xl/workbook.xml"]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(ExchangeError) as caught:
        read_codings(path, TEXTS)
    assert caught.value.problem.code.endswith("document_type")


def test_a_table_with_a_header_only_holds_no_codings(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("document,coder,code,start,end\n", encoding="utf-8")
    assert read_codings(path, TEXTS).empty
