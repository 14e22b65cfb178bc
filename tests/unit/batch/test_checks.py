"""Enterprises with problems stay out of a run; what was found sound is not checked again until it changes."""

import pytest

from vises_methods.batch.checks import check_enterprises
from vises_methods.batch.digests import Digests
from vises_methods.batch.ledger import Ledger
from vises_methods.errors import Problem


class Checker:
    """Finds the problems it was told to, and remembers what it was asked."""

    def __init__(self, *problems: Problem) -> None:
        self.problems, self.asked = problems, []

    def __call__(self, names: list[str]) -> list[Problem]:
        self.asked.append(names)
        return list(self.problems)


@pytest.fixture
def checked(project):
    ledger = Ledger(None)

    def run(checker: Checker, package: str = "p"):
        study = project.study()
        return check_enterprises(study, study.enterprises, checker, ledger, Digests(), package)

    yield run
    ledger.close()


def test_the_sound_ones_run_and_the_faulty_one_is_named(checked):
    problem = Problem("file_not_found", "enterprises/bourdon/profile.yml", values={"path": "x"})
    found = checked(Checker(problem))
    assert [enterprise.id for enterprise in found.sound] == ["abeille"]
    assert found.faulty == ("bourdon",)
    assert found.problems == (problem,)


def test_a_problem_of_the_study_stops_all(checked):
    found = checked(Checker(Problem("file_not_found", "study.yml", values={"path": "x"})))
    assert found.sound == ()
    assert checked(asked := Checker()).sound
    assert asked.asked == [["abeille", "bourdon"]]


def test_a_folder_that_only_begins_alike_is_another_enterprise(checked):
    found = checked(Checker(Problem("file_not_found", "enterprises/abeilles/profile.yml", values={"path": "x"})))
    assert found.sound == ()
    assert found.faulty == ()


def test_what_was_sound_is_checked_again_only_when_it_changed(checked, project):
    checked(Checker())
    second = Checker()
    assert len(checked(second).sound) == 2
    assert second.asked == []
    project.write("data/demo/enterprises/abeille/texts/new.txt", "words")
    checked(third := Checker())
    assert third.asked == [["abeille"]]
    checked(fourth := Checker(), package="q")
    assert fourth.asked == [["abeille", "bourdon"]]
