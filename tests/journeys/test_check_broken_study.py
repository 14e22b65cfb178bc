"""A coordinator runs the check on a study full of faults: each is told once, where it is, and nothing else is."""

from collections import Counter

import pytest

from vises_methods.study import check_study, data_root, open_study

BROKEN = data_root() / "demo-broken"


def _planted() -> list[tuple[str, str, str, str]]:
    lines = (BROKEN / "FAULTS.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [(file, row, column, code) for number, file, row, column, _, code in rows if number.isdigit()]


def test_every_planted_fault_is_told_once_and_nothing_else():
    found = Counter(
        (problem.where, str(problem.row or ""), problem.column or "", problem.code.removeprefix("study.errors."))
        for problem in check_study(BROKEN)
    )
    assert found == Counter(_planted())


def test_there_is_a_fault_of_each_kind_for_each_file():
    planted = _planted()
    assert len(planted) == len(set(planted))
    assert len({code for *_, code in planted}) > 80


@pytest.mark.parametrize("lang", ["fr", "nl", "en"])
def test_each_fault_says_what_was_found_what_is_allowed_and_what_to_do(lang: str):
    for problem in check_study(BROKEN):
        message = problem.message(lang)
        assert problem.where in message
        assert "{" not in message.replace("{fr: …, nl: …}", "")
        assert problem.remedy(lang).endswith((".", "?"))
        assert all(part(lang).strip() for part in (problem.found, problem.allowed, problem.remedy))


def test_the_same_faults_are_told_in_other_words_in_each_language():
    for problem in check_study(BROKEN):
        assert len({problem.message(lang) for lang in ("fr", "nl", "en")}) == 3


def test_the_broken_study_can_still_be_opened_and_its_sound_profiles_listed():
    study = open_study(BROKEN)
    assert study.invented
    assert {"lampadaire", "boemerang"} <= {card.id for card in study.enterprises}
    assert {problem.where for problem in study.unreadable} == {"enterprises/oude-map", "enterprises/petite-ourse"}


def test_one_enterprise_can_be_checked_alone():
    found = check_study(BROKEN, enterprises=["vlierbes"])
    elsewhere = {problem.where for problem in found if not problem.where.startswith("enterprises/vlierbes/")}
    assert elsewhere == {"study.yml", "studie.yaml"}
    assert len(found) > 10
