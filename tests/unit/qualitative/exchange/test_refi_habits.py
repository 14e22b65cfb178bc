"""Projects as NVivo, ATLAS.ti and MAXQDA write them: their habits in invented files, and one real file of NVivo."""

import zipfile
from pathlib import Path

import pytest

from vises_methods.catalogue import LANGUAGES
from vises_methods.errors import ExchangeError
from vises_methods.qualitative import read_project

REAL = Path(__file__).parents[3] / "references" / "qualitative" / "nvivo" / "oltas0517_masked.qdpx"
TEXT = "Zoë 😀 lacht.\nDan zwijgt zij 🧵 lang.\nEn zegt: nooit meer."
HEAD = (
    "<?xml version='1.0' encoding='utf-8'?><Project xmlns='urn:QDA-XML:project:1.0' name='p' origin='{origin}'>"
    "<Users><User guid='u1' name='ana'/><User guid='u2'/></Users><CodeBook><Codes>"
    "<Code guid='c1' name='Effets' isCodable='false'><Code guid='c2' name='Effets' isCodable='true'>"
    "<Code guid='c3' name='confiance' isCodable='true'/></Code></Code></Codes>{sets}</CodeBook><Sources>"
)


def utf16(text: str, wanted: str, break_width: int = 1, start: int = 0) -> tuple[int, int]:
    """Return where words stand when UTF-16 units are counted, a line break as so many."""

    def width(part: str) -> int:
        return len(part.encode("utf-16-le")) // 2 + part.count("\n") * (break_width - 1)

    place = text.index(wanted, start)
    begin = width(text[:place])
    return begin, begin + width(wanted)


def coding(code: str, number: int, user: str = "u1") -> str:
    made = f" creatingUser='{user}'" if user else ""
    return f"<Coding guid='k{number}'{made}><CodeRef targetGUID='{code}'/></Coding>"


def selection(place: tuple[int, int], *codings: str, name: str = "") -> str:
    start, end = place
    guid = f"s{start}-{end}"
    return (
        f"<PlainTextSelection guid='{guid}' name='{name}' startPosition='{start}' endPosition='{end}'>"
        f"<Description/>{''.join(codings)}</PlainTextSelection>"
    )


def project(path: Path, sources: str, files: dict[str, bytes], origin: str = "NVivo", after: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "project.qde", f"{HEAD.format(origin=origin, sets='<Sets/>')}{sources}</Sources>{after}</Project>"
        )
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def rows(found) -> list[tuple]:
    return found.codings[["quote", "code", "coder"]].to_numpy().tolist()


def test_nvivo_counts_utf16_units_and_two_for_a_line_break_and_writes_a_byte_order_mark(tmp_path):
    marks = [utf16(TEXT, words, break_width=2) for words in ("lacht", "Dan zwijgt zij 🧵 lang", "nooit meer")]
    source = "<TextSource guid='t' name='Gesprek' richTextPath='internal://t.docx' plainTextPath='internal://t.txt'>"
    body = source + "".join(selection(place, coding("c3", i)) for i, place in enumerate(marks)) + "</TextSource>"
    content = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    found = read_project(project(tmp_path / "p.qdpx", body, {"Sources/t.txt": content, "Sources/t.docx": b"PK"}))
    assert found.codings["quote"].tolist() == ["lacht", "Dan zwijgt zij 🧵 lang", "nooit meer"]
    assert found.documents["text"].tolist() == [TEXT]
    assert found.bases["basis"].tolist() == ["UTF-16 units, line break 2, byte order mark not counted"]


def test_atlas_puts_several_codings_on_one_selection_and_they_stay_apart(tmp_path):
    """A selection is no unit of analysis: two coders on one selection are two codings of the same passage."""
    place = utf16(TEXT, "zwijgt zij 🧵")
    body = (
        "<TextSource guid='t' name='Gesprek' plainTextPath='internal://t.txt'>"
        f"{selection(place, coding('c3', 1), coding('c2', 2), coding('c3', 3, 'u2'))}</TextSource>"
    )
    found = read_project(project(tmp_path / "p.qdpx", body, {"sources/t.txt": TEXT.encode()}, "ATLAS.ti"))
    quote = "zwijgt zij 🧵"
    assert sorted(rows(found)) == [
        [quote, "Effets/Effets", "ana"],
        [quote, "Effets/Effets/confiance", "ana"],
        [quote, "Effets/Effets/confiance", "u2"],
    ]


def test_codes_of_one_name_at_two_depths_stay_two_codes(tmp_path):
    book = read_project(project(tmp_path / "p.qdpx", "", {})).codebook
    assert [(code.id, code.parent, code.codable) for code in book] == [
        ("Effets", None, False),
        ("Effets/Effets", "Effets", True),
        ("Effets/Effets/confiance", "Effets/Effets", True),
    ]


def test_maxqda_keeps_the_text_in_the_project_and_names_no_coder(tmp_path):
    body = (
        f"<TextSource guid='t' name='Gesprek'><PlainTextContent>{TEXT}</PlainTextContent>"
        f"{selection((TEXT.index('lacht'), TEXT.index('lacht') + 5), coding('c3', 1, ''))}</TextSource>"
    )
    found = read_project(project(tmp_path / "p.qdpx", body, {}, "MAXQDA"))
    assert rows(found) == [["lacht", "Effets/Effets/confiance", "?"]]
    assert found.losses.set_index("what")["count"].to_dict() == {"coder_missing": 1}
    assert all("“?”" in " ".join(found.report(lang)) for lang in ("nl", "en"))


@pytest.mark.parametrize("path", ["relative://t.txt", "absolute://c:/t.txt", "internal://t.txt", ""])
def test_a_text_that_is_not_in_the_file_is_reported_with_what_was_coded_in_it(tmp_path, path):
    source = f"<TextSource guid='t' name='Gesprek' plainTextPath='{path}'>"
    body = source + selection((0, 3), coding("c3", 1), coding("c2", 2)) + "</TextSource>"
    found = read_project(project(tmp_path / "p.qdpx", body, {}))
    assert found.losses.set_index("what")["count"].to_dict() == {"source_without_text": 1, "coding_without_text": 2}
    assert "Gesprek" in " ".join(found.report("nl"))


def test_the_plain_text_of_a_pdf_is_read_and_codings_on_its_pages_are_counted(tmp_path):
    body = (
        "<PDFSource guid='f' name='Rapport' path='internal://f.pdf'>"
        f"<PDFSelection guid='r' page='1'>{coding('c2', 1)}</PDFSelection>"
        "<Representation guid='t' plainTextPath='internal://t.txt'>"
        f"{selection(utf16(TEXT, 'lacht'), coding('c3', 2))}</Representation></PDFSource>"
        "<PictureSource guid='g' name='Foto' path='internal://g.png'/>"
    )
    cases = "<Cases><Case guid='a' name='Atelier'><SourceRef targetGUID='f'/></Case></Cases>"
    found = read_project(project(tmp_path / "p.qdpx", body, {"sources/t.txt": TEXT.encode()}, after=cases))
    assert rows(found) == [["lacht", "Effets/Effets/confiance", "ana"]]
    assert found.documents["document"].tolist() == ["Rapport"]
    assert found.cases[["case", "document"]].to_numpy().tolist() == [["Atelier", "Rapport"]]
    assert found.losses.set_index("what")["count"].to_dict() == {"PictureSource": 1, "coding_on_media": 1}


def test_positions_that_fit_no_basis_are_refused(tmp_path):
    marks = [(place, place + 4) for place in range(1, 12, 2)]
    body = "<TextSource guid='t' name='Gesprek'><PlainTextContent>Onbegrijpelijkheden alom</PlainTextContent>"
    body += "".join(selection(place, coding("c3", i)) for i, place in enumerate(marks)) + "</TextSource>"
    with pytest.raises(ExchangeError) as refused:
        read_project(project(tmp_path / "p.qdpx", body, {}))
    assert refused.value.problem.code == "qualitative.errors.positions_unclear"


def test_a_real_project_of_nvivo_is_read_in_its_own_basis():
    """Letters are masked, nothing else: word edges, line breaks and the 894 characters beyond the basic plane stand."""
    found = read_project(REAL)
    assert len(found.codings) == 303
    assert found.codings["code"].nunique() > 10
    basis = found.bases.set_index("document").loc["videos_10_selected"]
    assert basis["basis"] == "UTF-16 units, line break 2, byte order mark not counted"
    assert basis["on_word_edges"] > 0.97
    assert found.losses.empty


def test_what_was_lost_is_said_in_every_language():
    shared = REAL.parents[1]
    export = read_project(shared / "taguette" / "project.sqlite3")
    damaged = read_project(shared / "qualcoder" / "reimported_by_qualcoder.data.qda")
    for lang in LANGUAGES:
        assert "sqlite3" in " ".join(export.report(lang))
        assert sum("Entretien" in sentence for sentence in damaged.report(lang)) == 1
