"""Whatever a project holds, writing and reading it changes nothing, and another reader finds the same codings."""

import re
import tempfile
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from pyrefiqda import RefiProject

from vises_methods.qualitative import (
    Code,
    Codebook,
    CodedProject,
    read_codings,
    read_project,
    write_codings,
    write_qdpx,
)

WORDS = ("oui", "été", "😀", "zwijgt", "l'eau", "👩‍🔧", "e\u0301", "fin.")
COLUMNS = ["document", "start", "end", "code", "coder"]
BOOK = Codebook("b", "1", (Code("A"), Code("A/B", parent="A"), Code("C")))
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12)
marks = st.tuples(
    st.integers(0, 1), st.integers(0, 11), st.integers(1, 4), st.sampled_from(["A", "A/B", "C"]), st.sampled_from("xyz")
)


def project(words, chosen) -> CodedProject:
    """Return two texts and codings of whole words in them."""
    names = ["d 1", "d/2"]
    lines = [" ".join(own[:6]) + "\n" + " ".join(own[6:]) for own in words]
    spans = [[(found.start(), found.end()) for found in re.finditer(r"\S+", line)] for line in lines]
    rows = []
    for place, first, count, code, coder in chosen:
        own = spans[place]
        begin = own[first % len(own)][0]
        end = own[min(first % len(own) + count, len(own)) - 1][1]
        rows.append((names[place], coder, code, begin, end))
    frame = pd.DataFrame(rows, columns=["document", "coder", "code", "start", "end"])
    return CodedProject(pd.DataFrame({"document": names, "text": lines}), BOOK, frame)


def rows_of(frame) -> list[tuple]:
    return sorted(frame[COLUMNS].itertuples(index=False, name=None))


cuts = st.tuples(st.integers(0, 1), st.integers(0, 60), st.integers(1, 9), st.sampled_from("xyz"))


@settings(max_examples=25, deadline=None)
@given(st.tuples(texts, texts), st.lists(cuts, max_size=6))
def test_passages_that_cut_words_come_back_where_they_were(words, chosen):
    lines = project(words, []).documents["text"].tolist()
    spans = [(place, min(begin, len(lines[place]) - 1), size, coder) for place, begin, size, coder in chosen]
    frame = pd.DataFrame(
        [(f"d {p}", coder, "C", begin, min(begin + size, len(lines[p]))) for p, begin, size, coder in spans],
        columns=["document", "coder", "code", "start", "end"],
    )
    documents = pd.DataFrame({"document": ["d 0", "d 1"], "text": lines})
    cut = frame.assign(
        quote=[lines[int(d[2])][s:e] for d, s, e in zip(frame["document"], frame["start"], frame["end"], strict=True)]
    )
    with tempfile.TemporaryDirectory() as folder:
        again = read_project(write_qdpx(CodedProject(documents, BOOK, frame), Path(folder) / "p.qdpx"))
        assert rows_of(again.codings) == rows_of(frame)
        table = read_codings(write_codings(cut, Path(folder) / "c.csv"), documents)
        assert rows_of(table) == rows_of(frame)


@settings(max_examples=25, deadline=None)
@given(st.tuples(texts, texts), st.lists(marks, max_size=12))
def test_writing_and_reading_is_the_identity_for_us_and_for_another_reader(words, chosen):
    given_project = project(words, chosen)
    with tempfile.TemporaryDirectory() as folder:
        file = write_qdpx(given_project, Path(folder) / "p.qdpx")
        again = read_project(file)
        assert again.documents["text"].tolist() == given_project.documents["text"].tolist()
        assert rows_of(again.codings) == rows_of(given_project.codings)
        assert write_qdpx(given_project, Path(folder) / "q.qdpx", name="p").read_bytes() == file.read_bytes()
        assert seen_by_pyrefiqda(file, Path(folder) / "out") == rows_of(given_project.codings)


def seen_by_pyrefiqda(file: Path, folder: Path) -> list[tuple]:
    """Return the codings that a reader made from the standard's schema finds."""
    found = RefiProject.load(file, extract_dir=folder)
    coders = {user.guid: user.name for user in (found.users.user if found.users else [])}
    codes = dict(paths(found.code_book.codes.code))
    return sorted(
        (source.name, part.start_position, part.end_position, codes[coding.code_ref.target_guid], coders[maker(coding)])
        for source in found.sources.text_source
        for part in source.plain_text_selection
        for coding in part.coding
    )


def maker(coding) -> str:
    return coding.creating_user


def paths(codes, above=""):
    for code in codes:
        path = f"{above}/{code.name}" if above else code.name
        yield code.guid, path
        yield from paths(code.code, path)
