"""The demo study is sound, says that it is invented, and every passage that is coded is where it should be."""

import pytest

from vises_methods.study import check_study, open_enterprise, open_study

STUDY = open_study("demo")


def test_the_demo_study_has_no_problem():
    assert [problem.message("en") for problem in check_study(STUDY)] == []


def test_it_says_that_it_is_invented_in_three_languages():
    assert STUDY.invented
    assert set(STUDY.notice) == {"fr", "nl", "en"}


@pytest.mark.parametrize("enterprise", [card.id for card in STUDY.enterprises])
def test_every_table_of_an_enterprise_can_be_read(enterprise: str):
    case = open_enterprise(STUDY, enterprise)
    assert case.profile["invented"] is True
    texts = dict(zip(case.documents["document"], case.documents["text"], strict=True))
    for row in case.codings.to_dict("records"):
        quote = texts[row["document"]][row["start"] : row["end"]]
        assert quote == quote.strip()
        assert quote
    assert set(case.survey["arm"]) <= {"participants", "comparison"}
    assert case.indicators["value"].notna().eq(case.indicators["missing"].isna()).all()
