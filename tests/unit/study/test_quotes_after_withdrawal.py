"""Whoever withdrew is quoted nowhere: not as evidence for or against, not in a matrix, not around a keyword."""

import pandas as pd
import pytest

from vises_methods.language.quotes import quotes_html
from vises_methods.qualitative import code_by_case, framework_matrix, keyword_in_context, negative_evidence, quotes
from vises_methods.study import open_enterprise, open_study, quotable
from vises_methods.synthesis import final_coding


@pytest.fixture
def case(spoken):
    """Texts in which p2 (in a group) and p3 (alone) withdrew; p1 agreed to be quoted, in an internal text."""
    return open_enterprise(open_study(spoken), "atelier")


@pytest.fixture
def coding(case):
    return final_coding(case.codings, case.documents, case.adjudications, rule="any", adjudicated_first=False)


def words_of(frame):
    return " ".join(str(cell) for cell in frame.select_dtypes(exclude="number").to_numpy().ravel())


def test_a_withdrawn_person_is_in_no_text_and_no_coding(case):
    everything = " ".join(case.documents["text"])
    assert "l'été" not in everything
    assert "t-three" not in set(case.documents["document"]) | set(case.codings["document"])
    assert case.codings["start"].lt(case.codings["end"]).all()


@pytest.mark.parametrize("method", [code_by_case, negative_evidence])
def test_evidence_and_counter_evidence_quote_only_who_agreed(case, coding, method):
    negative = coding.assign(valence="negative")
    result = method(negative, case.documents)
    shown = quotes_html(result, case.documents, lang="fr", allowed=quotable(case))
    assert "été" not in shown
    assert "█" not in shown
    assert not any(place.startswith("t-three") for place in result.details["evidence"]["reference"])


def test_what_may_not_be_quoted_is_counted_and_not_shown(case, coding):
    result = code_by_case(coding, case.documents)
    shown = quotes_html(result, case.documents, lang="en", allowed=frozenset())
    assert "blockquote" not in shown
    assert str(len(result.details["evidence"].drop_duplicates(["code", "reference"]))) in shown


def test_the_words_of_a_matrix_and_around_a_keyword_stay_within_consent(case, coding):
    allowed = case.documents.assign(quotable=case.documents["document"].isin(quotable(case)))
    none = allowed.assign(quotable=False)
    matrix = framework_matrix(coding, case.documents)
    fetched = quotes(matrix.details["evidence"], allowed, permission="quotable")
    assert "été" not in words_of(fetched)
    assert quotes(matrix.details["evidence"], none, permission="quotable")["quote"].isna().all()
    assert keyword_in_context(allowed, "l'été", permission="quotable").empty
    assert keyword_in_context(none, "café", permission="quotable").empty
    assert set(keyword_in_context(allowed, "café", permission="quotable")["document"]) <= quotable(case)


def test_one_who_withdrew_closes_no_document_for_the_others_and_one_who_refused_does(case, spoken, put):
    assert quotable(case) == {"t-one", "t-two"}
    consent = spoken / "enterprises" / "atelier" / "consent.csv"
    put(
        "consent.csv",
        consent.read_text(encoding="utf-8").replace(
            "p1,P1,v1,2024-01-02,analysis;quotes,", "p1,P1,v1,2024-01-02,analysis,"
        ),
    )
    assert quotable(open_enterprise(open_study(spoken), "atelier")) == frozenset()


def test_a_reference_to_a_removed_document_fetches_nothing(case):
    with pytest.raises(Exception, match="t-three"):
        quotes(pd.DataFrame({"reference": ["t-three:0-4"]}), case.documents)
