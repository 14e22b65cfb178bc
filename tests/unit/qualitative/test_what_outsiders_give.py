"""What someone gives who has only read the signature: each public function says what it got and what it wants."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import (
    Code,
    Codebook,
    CodedProject,
    agreement,
    code_by_case,
    compare_codebooks,
    cooccurrence,
    framework_matrix,
    keyword_in_context,
    saturation,
    set_agreement,
    unitizing_alpha,
    units,
    write_qdc,
    write_qdpx,
)

TEXTS = pd.DataFrame({"document": ["d"], "text": ["One two."]})
MARKS = pd.DataFrame({"document": ["d"], "coder": ["a"], "code": ["X"], "start": [0], "end": [3]})
BOOK = Codebook("b", "1", (Code("X"),))
PROJECT = CodedProject(TEXTS, BOOK, MARKS)
WRONG = {
    "a list of ratings": lambda: agreement([[1, 2], [1, 1]]),
    "an array of ratings": lambda: agreement(np.array([[1, 2], [1, 1]])),
    "an array of sets": lambda: set_agreement(np.array([[1, 2]])),
    "no codings": lambda: cooccurrence(None),
    "the tables the other way round": lambda: code_by_case(TEXTS, MARKS),
    "a text for a table": lambda: keyword_in_context("two", TEXTS),
    "a folder for a table": lambda: units("codings.csv", TEXTS),
    "a dict for a continuum": lambda: unitizing_alpha({"coder": ["a"]}, length=3),
    "a list of documents": lambda: saturation(MARKS, ["d"]),
    "a list of texts": lambda: framework_matrix(MARKS, ["d"]),
    "a number for a rule": lambda: code_by_case(MARKS, TEXTS, confidentiality=3),
    "paths of codebooks": lambda: compare_codebooks("a.yml", "b.yml"),
    "project and path the other way round": lambda: write_qdpx("x.qdpx", PROJECT),
    "codebook and path the other way round": lambda: write_qdc("x.qdc", BOOK),
    "a folder that is not there": lambda: write_qdpx(PROJECT, "not/there/x.qdpx"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_use_is_named_with_what_would_be(what):
    with pytest.raises(InputError) as raised:
        WRONG[what]()
    for lang in ("fr", "nl", "en"):
        assert len(raised.value.message(lang)) > 40
