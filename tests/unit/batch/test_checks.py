"""Enterprises with problems stay out of a run; what was found sound is not checked again until it changes."""

import pytest

from vises_methods.batch.checks import check_enterprises
from vises_methods.batch.digests import Digests
from vises_methods.batch.ledger import Ledger
from vises_methods.errors import Problem

ORDERED = [("abeille", 2), ("abeille", 3), ("bourdon", 1)]


class Checker:
    """Finds the problems it was told to, and remembers what it was asked."""

    def __init__(self, *problems: Problem, of_study: tuple[Problem, ...] = ()) -> None:
        self.problems, self.study_problems, self.asked = problems, of_study, []

    def of_study(self) -> tuple[Problem, ...]:
        return self.study_problems

    def of_enterprises(self, names: list[str]):
        self.asked.append(names)
        for name in reversed(names):
            yield name, [problem for problem in self.problems if problem.where.startswith(f"enterprises/{name}")]


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
    of_study = Problem("file_not_found", "study.yml", values={"path": "x"})
    found = checked(Checker(of_study=(of_study,)))
    assert found.sound == ()
    assert found.problems == (of_study,)
    assert checked(asked := Checker()).sound
    assert asked.asked == [("abeille", "bourdon")]


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
    assert third.asked == [("abeille",)]
    checked(fourth := Checker(), package="q")
    assert fourth.asked == [("abeille", "bourdon")]


def test_what_was_found_sound_is_noted_at_once_and_the_check_goes_on_from_there(project):
    class Stopped(Checker):
        def of_enterprises(self, names: list[str]):
            yield names[0], []
            raise KeyboardInterrupt

    study = project.study()
    with Ledger(project.outputs / "ledger.sqlite") as ledger, pytest.raises(KeyboardInterrupt):
        check_enterprises(study, study.enterprises, Stopped(), ledger, Digests(), "p")
    with Ledger(project.outputs / "ledger.sqlite") as ledger:
        check_enterprises(study, study.enterprises, second := Checker(), ledger, Digests(), "p")
    assert second.asked == [("bourdon",)]


def test_problems_are_told_in_one_order_whoever_found_them_first(checked):
    problems = [Problem("file_not_found", f"enterprises/{name}/profile.yml", row) for name, row in ORDERED]
    found = checked(Checker(*reversed(problems)))
    assert [(problem.where, problem.row) for problem in found.problems] == [(p.where, p.row) for p in problems]
    assert found.faulty == ("abeille", "bourdon")
