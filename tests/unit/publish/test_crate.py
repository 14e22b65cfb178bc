"""A crate of any number of jobs is written from the disk: nothing but the job at hand is held."""

import json
import tracemalloc
from collections.abc import Iterator, Mapping

import pytest

from vises_methods.publish.crate import CRATE, JobRecord, RunRecord, crate_lines, read_crate


def job(name: str, inputs: Mapping[str, str], **more: object) -> JobRecord:
    told = {
        "notebook": "01_portrait",
        "notebook_digest": "a" * 64,
        "parameters": {"lang": "fr", "draws": 100},
        "results_read": {},
        "outputs": {f"{name}.html": "b" * 64, f"{name}.ipynb": "c" * 64},
        "started": "2026-01-01T00:00:00+00:00",
        "ended": "2026-01-01T00:01:00+00:00",
        "package": "d" * 64,
        "lock": "e" * 64,
        "python": "CPython 3.11.9",
        "methodology": "f" * 64,
    }
    return JobRecord(id=name, inputs=inputs, **told | more)


def run(jobs) -> RunRecord:
    return RunRecord("demo", "Étude", "", "1.0", "Linux", jobs, ("baseline/estimates.csv",))


def files_of(enterprise: str) -> dict[str, str]:
    return {f"enterprises/{enterprise}/texts/{number:02d}.txt": f"{number:02d}" * 32 for number in range(26)}


class Lazy(Mapping[str, str]):
    """The profiles of many enterprises, in the order of their names, none of them held."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __iter__(self) -> Iterator[str]:
        return (f"enterprises/e{number:05d}/profile.yml" for number in range(self._count))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, name: str) -> str:
        return name[13:18] * 12


def graph(record: RunRecord) -> list[dict]:
    return json.loads("".join(crate_lines(record)))["@graph"]


def test_what_is_read_is_what_was_written(tmp_path):
    jobs = (
        job("baseline/80_portfolio.fr", Lazy(3), results_read={"baseline/abeille/01.fr.results.json": "1" * 64}),
        job("baseline/abeille/01_portrait.fr", files_of("abeille"), error="Une cellule a échoué"),
        job("baseline/abeille/02_quality.fr", files_of("abeille"), methodology=""),
    )
    (tmp_path / CRATE).write_text("".join(crate_lines(run(iter(jobs)))), encoding="utf-8")
    read = read_crate(tmp_path)
    assert read.jobs == tuple(JobRecord(**vars(each) | {"inputs": dict(each.inputs)}) for each in jobs)
    assert read.further == ("baseline/estimates.csv",)


def test_an_entity_is_told_once_however_far_apart_it_is_asked_for():
    many = [job(f"baseline/e{number:03d}/01.fr", files_of(f"e{number:03d}")) for number in range(50)]
    identifiers = [entity["@id"] for entity in graph(run([*many, *many[:1], job("baseline/z.fr", Lazy(2000))]))]
    shared = [name for name in identifiers if not name.startswith(("baseline/", "#run/", "#value/"))]
    assert len(shared) == len({*shared}) > 3300
    assert len([name for name in identifiers if name.endswith("e000/texts/00.txt")]) == 1


def test_the_same_name_of_another_content_is_another_entity():
    before, after = {"study.yml": "1" * 64}, {"study.yml": "2" * 64}
    told = graph(run([job("baseline/a/01.fr", before), job("baseline/a/02.fr", after)]))
    assert [entity["sha256"][0] for entity in told if entity.get("name") == "study.yml"] == ["1", "2"]


def test_parts_and_actions_stand_in_the_order_of_the_jobs():
    root = graph(run([job("baseline/b/01.fr", {}), job("baseline/a/01.fr", {})]))[-1]
    assert [part["@id"] for part in root["hasPart"]] == [
        "baseline/estimates.csv", "baseline/b/01.fr.html", "baseline/b/01.fr.ipynb",
        "baseline/a/01.fr.html", "baseline/a/01.fr.ipynb",
    ]  # fmt: skip
    assert [action["@id"] for action in root["mentions"]] == ["#run/baseline/b/01.fr", "#run/baseline/a/01.fr"]


def test_an_entity_is_a_line_and_the_files_a_job_read_come_before_its_parameters():
    lines = "".join(crate_lines(run([job("baseline/a/01.fr", {"study.yml": "1" * 64})]))).splitlines()
    action = next(line for line in lines if line.startswith('{"@id": "#run/')).removesuffix(",")
    assert [*json.loads(action)] == [
        "@id", "@type", "name", "identifier", "description", "instrument", "agent", "object", "result",
        "startTime", "endTime", "actionStatus",
    ]  # fmt: skip
    assert [each["@id"].split("/")[0] for each in json.loads(action)["object"]] == [
        "#input", "#value", "#value", "#input",
    ]  # fmt: skip
    assert action == json.dumps(json.loads(action), ensure_ascii=False)


def test_a_crate_without_jobs_describes_itself():
    told = {entity["@id"]: entity for entity in graph(RunRecord("demo", "Étude", "", "1.0", "Linux", []))}
    assert told[CRATE]["about"] == {"@id": "./"}
    assert told["./"]["hasPart"] == told["./"]["mentions"] == []


def peak(enterprises: int, *, at_once: int) -> int:
    """Return the most memory that writing takes; what SQLite itself holds is not seen, and is two megabytes at most."""

    def jobs() -> Iterator[JobRecord]:
        yield job("baseline/80_portfolio.fr", Lazy(at_once), results_read=Lazy(at_once))
        for number in range(enterprises):
            for notebook in range(6):
                yield job(f"baseline/e{number:05d}/{notebook}.fr", files_of(f"e{number:05d}"))

    tracemalloc.start()
    try:
        for _ in crate_lines(run(jobs())):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("few", "many"), [((50, 10), (150, 10)), ((10, 2000), (10, 8000))])
def test_neither_more_enterprises_nor_a_notebook_over_all_of_them_take_more_memory(few, many):
    """As both go beyond what is kept of the latest names, nothing grows: the bound is what noise leaves."""
    less, more = (peak(enterprises, at_once=at_once) for enterprises, at_once in (few, many))
    assert more - less < 30_000
