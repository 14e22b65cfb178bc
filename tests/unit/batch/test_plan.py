"""The plan: every job once, in order, checked before anything runs, in time proportional to its size."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from vises_methods.batch.notebooks import NotebookSpec
from vises_methods.batch.parameters import Parameter
from vises_methods.batch.plan import Plan, check_plan
from vises_methods.batch.schedule import Schedule

STANDARD = tuple(Parameter(name, "str", "", "") for name in ("study", "enterprise", "methodology", "lang"))


@dataclass(frozen=True)
class Folder:
    id: str
    group: str = "G1"
    region: str = "wallonie"
    languages: tuple[str, ...] = ("nl", "fr")
    path: Path = Path("e")


@dataclass(frozen=True)
class StudyFolder:
    enterprises: tuple[Folder, ...]
    id: str = "big"
    languages: tuple[str, ...] = ("fr",)
    path: Path = Path("s")
    codebook_path: Path = Path("c")
    framework_path: Path = Path("f")
    framework_beside_path: Path | None = None
    calibration_path: Path = Path("k")


def spec(name: str, *after: str, scope: str = "enterprise", **more) -> NotebookSpec:
    known = STANDARD if scope == "enterprise" else tuple(p for p in STANDARD if p.name != "enterprise")
    return NotebookSpec(name, Path("notebooks") / f"{name}.ipynb", scope, (), after, parameters=known, **more)


SPECS = {
    each.name: each
    for each in (
        *(spec(name) for name in ("01_portrait", "03_coding", "04_indicators", "05_outcomes")),
        spec("06_synthesis", "03_coding", "04_indicators", "05_outcomes"),
        spec("80_portfolio", "06_synthesis", scope="study"),
        spec("90_comparison", "06_synthesis", "80_portfolio", scope="study", all_methodologies=True),
    )
}


def study(count: int) -> StudyFolder:
    return StudyFolder(tuple(Folder(f"e{number:04d}") for number in range(count)))


def test_a_job_for_each_notebook_and_enterprise_then_the_study():
    big = study(2)
    jobs = list(Plan(big, SPECS, enterprises=big.enterprises))
    assert [job.id for job in jobs[:5]] == [
        f"baseline/e0000/{name}.nl"
        for name in ("01_portrait", "03_coding", "04_indicators", "05_outcomes", "06_synthesis")
    ]
    assert [job.id for job in jobs[-2:]] == ["baseline/80_portfolio.fr", "baseline/90_comparison.fr"]
    assert jobs[4].requires == tuple(f"baseline/e0000/0{n}.nl" for n in ("3_coding", "4_indicators", "5_outcomes"))
    assert (jobs[-2].requires, jobs[-2].gathers) == ((), (("06_synthesis", "baseline"),))
    assert jobs[0].parameters == {"study": "big", "methodology": "baseline", "lang": "nl", "enterprise": "e0000"}
    assert "enterprise" not in jobs[-1].parameters


def test_a_notebook_may_do_without_the_methodology_and_without_nothing_else():
    big = study(1)
    narrow = NotebookSpec("01_x", Path("notebooks/01_x.ipynb"), "enterprise", parameters=STANDARD[:1])
    jobs = list(Plan(big, {"01_x": narrow}, enterprises=big.enterprises))
    assert [problem.column for problem in check_plan(jobs, {})] == ["lang", "enterprise"]


def test_a_comparison_waits_for_every_methodology():
    big = study(1)
    jobs = list(Plan(big, SPECS, enterprises=big.enterprises, methodologies=("baseline", "strict")))
    comparison = {job.methodology: job.gathers for job in jobs if job.notebook.name == "90_comparison"}
    assert set(comparison["baseline"]) == set(comparison["strict"])
    assert len(comparison["baseline"]) == 4


def test_a_notebook_brings_those_it_reads_and_no_other():
    big = study(1)
    jobs = list(Plan(big, SPECS, enterprises=big.enterprises, notebooks=["06_synthesis"], lang="en"))
    assert [job.stem for job in jobs] == ["03_coding.en", "04_indicators.en", "05_outcomes.en", "06_synthesis.en"]


def test_a_part_of_the_study_leaves_the_study_notebooks_out_unless_named():
    big = study(2)
    part = big.enterprises[:1]
    without = list(Plan(big, SPECS, enterprises=part, with_study=False))
    named = list(Plan(big, SPECS, enterprises=part, with_study=False, notebooks=["80_portfolio"]))
    assert not [job for job in without if job.enterprise is None]
    assert [job.stem for job in named if job.enterprise is None] == ["80_portfolio.fr"]


def test_further_values_reach_the_notebooks_that_know_them():
    known = spec("03_coding")
    with_draws = NotebookSpec(
        "05_x", known.path, "enterprise", parameters=(*STANDARD, Parameter("draws", "int", 5, ""))
    )
    big = study(2)
    specs = {"03_coding": known, "05_x": with_draws}
    jobs = list(Plan(big, specs, enterprises=big.enterprises, parameters={"draws": 9}))
    assert ["draws" in job.parameters for job in jobs[:2]] == [False, True]
    assert check_plan(jobs, {"draws": 9}) == []


def test_every_problem_of_the_plan_is_told_once():
    narrow = NotebookSpec("03_x", Path("notebooks/03_x.ipynb"), "enterprise", parameters=STANDARD[:2])
    odd = Parameter("lang", "Literal['fr']", "fr", "")
    other = NotebookSpec("04_y", Path("notebooks/04_y.ipynb"), "enterprise", parameters=(*STANDARD[:3], odd))
    big = study(50)
    jobs = list(Plan(big, {"03_x": narrow, "04_y": other}, enterprises=big.enterprises, parameters={"nobody": 1}))
    problems = check_plan(jobs, {"nobody": 1})
    assert sorted((problem.where, problem.column or "") for problem in problems) == [
        ("--parameter nobody", ""),
        ("notebooks/03_x.ipynb", "lang"),
        ("notebooks/04_y.ipynb", "lang"),
    ]


@pytest.mark.parametrize("count", [100, 1000])
def test_a_thousand_enterprises_take_ten_times_a_hundred(count):
    big = study(count)
    plan = Plan(big, SPECS, enterprises=big.enterprises)
    jobs = list(plan)
    assert len(plan) == len(jobs) == len({job.id for job in jobs}) == 5 * count + 2
    assert sum(len(job.requires) for job in jobs) == 3 * count
    assert all(job in plan for job in (jobs[0], jobs[-1]))
    schedule = Schedule(plan)
    order = []
    while schedule.unfinished:
        job = schedule.next()
        assert job is not None
        order.append(job.id)
        schedule.end(job.id, well=True)
    assert order == [job.id for job in jobs]


def take(schedule: Schedule) -> list[str]:
    names = []
    while (job := schedule.next()) is not None:
        names.append(job.id)
    return names


def test_a_job_starts_when_all_it_reads_has_ended():
    big = study(1)
    schedule = Schedule(Plan(big, SPECS, enterprises=big.enterprises, notebooks=["06_synthesis"]))
    first = take(schedule)
    assert len(first) == 3
    for name in first[:2]:
        schedule.end(name, well=True)
        assert schedule.next() is None
    schedule.end(first[2], well=True)
    assert take(schedule) == ["baseline/e0000/06_synthesis.nl"]


def test_a_failure_blocks_what_reads_it_and_the_study_goes_on_with_the_rest():
    big = study(2)
    schedule = Schedule(Plan(big, SPECS, enterprises=big.enterprises))
    started = take(schedule)
    blocked = schedule.end("baseline/e0000/04_indicators.nl", well=False)
    assert [(job.id, cause) for job, cause in blocked] == [
        ("baseline/e0000/06_synthesis.nl", "baseline/e0000/04_indicators.nl")
    ]
    for name in started:
        if name != "baseline/e0000/04_indicators.nl":
            assert schedule.end(name, well=True) == []
    assert take(schedule) == ["baseline/e0001/06_synthesis.nl"]
    schedule.end("baseline/e0001/06_synthesis.nl", well=True)
    assert take(schedule) == ["baseline/80_portfolio.fr"]
    assert schedule.left == 2
    assert [job.id for job, _ in schedule.end("baseline/80_portfolio.fr", well=False)] == []
    assert take(schedule) == ["baseline/90_comparison.fr"]


def test_the_study_is_blocked_when_nothing_succeeded():
    big = study(2)
    schedule = Schedule(Plan(big, SPECS, enterprises=big.enterprises, notebooks=["80_portfolio"]))
    blocked = [job.id for name in take(schedule) for job, _ in schedule.end(name, well=False)]
    assert blocked[-1] == "baseline/80_portfolio.fr"
    assert not schedule.unfinished


def test_a_job_that_waits_for_two_that_are_blocked_is_blocked_once():
    specs = {each.name: each for each in (spec("01_a"), spec("02_b", "01_a"), spec("03_c", "01_a", "02_b"))}
    big = study(1)
    schedule = Schedule(Plan(big, specs, enterprises=big.enterprises))
    (first,) = take(schedule)
    assert [job.notebook.name for job, _ in schedule.end(first, well=False)] == ["02_b", "03_c"]
    assert schedule.left == 0


def test_only_the_jobs_of_enterprises_under_way_are_held():
    big = study(300)
    schedule = Schedule(Plan(big, SPECS, enterprises=big.enterprises, methodologies=("baseline", "strict")))
    most = 0
    while (job := schedule.next()) is not None:
        most = max(most, len(schedule._held))
        schedule.end(job.id, well=True)
    assert most == 5 + 4
    assert (schedule.left, schedule._held, schedule._waits_for, schedule._dependents) == (0, {}, {}, {})
