import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import Code, Codebook, prevalence_effects

COLUMNS = ["document", "coder", "code", "start", "end"]
BOOK = Codebook("b", "1", (Code("A"), Code("A.X", parent="A"), Code("A.Y", parent="A")))


def study(documents=12, zeal=0.6, other=0.2, seed=0):
    """Each document has ten sentences; ana gives A.X to more of them than ben does; half are French."""
    draws = np.random.default_rng(seed)
    sentences = [f"Sentence {i}." for i in range(10)]
    text = " ".join(sentences)
    names = [f"d{i}" for i in range(documents)]
    texts = pd.DataFrame({"document": names, "text": text, "coders": "ana;ben"})
    texts["language"] = ["fr" if i % 2 else "nl" for i in range(documents)]
    marks = [
        (name, coder, "A.X", text.index(sentence), text.index(sentence) + len(sentence))
        for name in names
        for coder, chance in (("ana", zeal), ("ben", other))
        for sentence in sentences
        if draws.random() < chance
    ]
    return pd.DataFrame(marks, columns=COLUMNS), texts


def rows(result):
    return result.estimates.set_index("group")


def test_a_coder_who_finds_more_stands_out_with_an_interval_clear_of_zero():
    result = rows(prevalence_effects(*study()))
    assert result.loc["ana", "estimate"] == pytest.approx(0.4, abs=0.1)
    assert result.loc["ana", "low"] > 0
    assert result.loc["ben", "estimate"] == pytest.approx(-result.loc["ana", "estimate"])
    assert result.loc["ana", "n"] == 120
    assert result.loc["ana", "coverage"] == 0.5


def test_coders_alike_and_languages_alike_do_not_stand_out():
    marks, texts = study(zeal=0.3, other=0.3, seed=3)
    for of in ("coder", "language"):
        result = rows(prevalence_effects(marks, texts, of=of))
        assert (result["low"] < 0).all()
        assert (result["high"] > 0).all()


def test_documents_that_one_coder_read_do_not_enter_the_comparison_of_coders():
    marks, texts = study()
    alone = pd.DataFrame({"document": ["z"], "text": ["Only ana."], "coders": ["ana"], "language": ["fr"]})
    more = pd.concat([texts, alone])
    assert rows(prevalence_effects(marks, more)).loc["ana", "n"] == 120
    assert rows(prevalence_effects(marks, more, of="language")).loc["fr", "n"] == 121


def test_evidence_leads_to_the_segments():
    marks, texts = study()
    evidence = prevalence_effects(marks, texts, resamples=20).details["evidence"]
    assert len(evidence) == len(marks)
    assert evidence["reference"].str.match(r"d\d+:\d+-\d+").all()


def test_codes_are_rolled_up():
    marks, texts = study()
    assert set(prevalence_effects(marks, texts, codebook=BOOK, level=1).estimates["code"]) == {"A"}
    with pytest.raises(InputError):
        prevalence_effects(marks.assign(code="Z"), texts, codebook=BOOK)


def test_nobody_to_compare_with_or_nothing_coded_has_a_reason():
    marks, texts = study()
    one = prevalence_effects(marks, texts.assign(language="fr"), of="language")
    assert one.not_estimable.code == "qualitative.reasons.nobody_to_compare"
    assert prevalence_effects(marks.iloc[:0], texts).not_estimable.code == "qualitative.reasons.no_codings"


def test_an_unknown_column_is_an_error():
    marks, texts = study()
    with pytest.raises(InputError):
        prevalence_effects(marks, texts, of="region")
    with pytest.raises(InputError):
        prevalence_effects(marks, texts, ci=2)
