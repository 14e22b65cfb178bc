"""A job is run when something it depends on changed, and the part that changed is named."""

import os
import time
from dataclasses import replace

import pytest

from vises_methods.batch.digests import Digests, sha256
from vises_methods.batch.keys import Reason, key_components, key_of
from vises_methods.batch.ledger import Entry
from vises_methods.batch.outcome import Failure
from vises_methods.batch.staleness import foresee, reasons_to_run


@pytest.fixture
def ready(project):
    """A project with two notebooks, one reading the other, whose outputs stand."""
    project.notebook("01_a", "x = 1", reads=["profile.yml", "texts/*", "@study", "@codebook"])
    project.notebook("06_b", "x = 1", reads=["indicators.csv"], after=["01_a"])
    project.write("requirements.lock", "numpy==2")
    for job in project.jobs():
        for ending in (".ipynb", ".results.json"):
            project.write(f"outputs/demo/{job.folder}/{job.stem}{ending}", f"{job.id}{ending}")
    return project


def entries(project):
    """Return the ledger's entries as a run would have left them."""
    digests = Digests()
    found = {}
    for job in project.jobs():
        folder = project.outputs / job.folder
        outputs = {f"{job.stem}{end}": sha256(folder / f"{job.stem}{end}") for end in (".ipynb", ".results.json")}
        components = key_components(job, project.around(digests), digests)
        found[job.id] = Entry(job.id, "done", key_of(components), components, outputs)
    return found


def foreseen(project, before, **options):
    digests = Digests()
    found = foresee(project.jobs(), before, project.around(digests), digests, **options)
    return {each.job.id: [(reason.code, reason.names) for reason in each.reasons] for each in found if each.reasons}


def test_nothing_changed_nothing_runs(ready):
    assert foreseen(ready, entries(ready)) == {}


@pytest.mark.parametrize(
    ("file", "job", "code", "names"),
    [
        ("data/demo/enterprises/abeille/profile.yml", "abeille/01_a", "inputs", "enterprises/abeille/profile.yml"),
        ("data/demo/enterprises/abeille/texts/new.txt", "abeille/01_a", "inputs", "enterprises/abeille/texts/new.txt"),
        (
            "data/demo/enterprises/bourdon/indicators.csv",
            "bourdon/06_b",
            "inputs",
            "enterprises/bourdon/indicators.csv",
        ),
    ],
)
def test_an_input_touches_the_notebooks_that_read_it_and_those_after(ready, file, job, code, names):
    before = entries(ready)
    ready.write(file, "something else\n")
    found = foreseen(ready, before)
    assert found.pop(f"baseline/{job}.fr") == [(code, (names,))]
    enterprise = job.split("/")[0]
    after = {f"baseline/{enterprise}/06_b.fr": [("upstream", (f"baseline/{enterprise}/01_a.fr",))]}
    assert found == (after if "01_a" in job else {})


@pytest.mark.parametrize(
    ("file", "code", "count"),
    [
        ("data/demo/study.yml", "inputs", 4),
        ("data/reference/codebook.yml", "inputs", 2),
        ("data/reference/framework.yml", "inputs", 0),
        ("data/reference/methodologies/baseline.yml", "methodology", 4),
        ("requirements.lock", "lock", 4),
    ],
)
def test_what_is_shared_touches_all_that_read_it(ready, file, code, count):
    before = entries(ready)
    ready.write(file, "something else\n")
    found = foreseen(ready, before)
    assert sum(reasons[0][0] == code for reasons in found.values()) == count


def test_the_package_the_notebook_and_the_parameters(ready):
    before = entries(ready)
    ready.package = "another"
    assert {reasons[0][0] for reasons in foreseen(ready, before).values()} == {"package"}
    ready.package = "the package as it was"
    ready.notebook("06_b", "x = 2", reads=["indicators.csv"], after=["01_a"])
    assert [reasons[0][0] for reasons in foreseen(ready, before).values()] == ["notebook"] * 2
    name = "baseline/abeille/01_a.fr"
    old = before[name]
    earlier = {**old.components, "parameters": {"lang": "nl"}}
    before[name] = replace(old, components=earlier, key=key_of(earlier))
    assert foreseen(ready, before)[name][0][0] == "parameters"


def test_results_that_changed_touch_what_reads_them(ready):
    before = entries(ready)
    ready.write("outputs/demo/baseline/abeille/01_a.fr.results.json", "other")
    found = foreseen(ready, before)
    assert found["baseline/abeille/01_a.fr"] == [("output_changed", ("01_a.fr.results.json",))]
    assert found["baseline/abeille/06_b.fr"] == [("after", ("baseline/abeille/01_a.fr.results.json",))]


def test_missing_outputs_failures_and_force(ready):
    before = entries(ready)
    (ready.outputs / "baseline/abeille/06_b.fr.ipynb").unlink()
    failed = "baseline/bourdon/06_b.fr"
    before[failed] = replace(before[failed], state="failed", failure=Failure("cell_error", "x"))
    found = foreseen(ready, before)
    assert found["baseline/abeille/06_b.fr"] == [("output_missing", ("06_b.fr.ipynb",))]
    assert found[failed] == [("failed_before", ())]
    assert all(reasons[0][0] == "forced" for reasons in foreseen(ready, as_if_done(before), force=True).values())


def as_if_done(before):
    return {name: replace(entry, state="done", outputs={}, failure=None) for name, entry in before.items()}


def test_what_was_never_run(ready):
    digests = Digests()
    job = ready.jobs()[0]
    components = key_components(job, ready.around(digests), digests)
    assert reasons_to_run(job, components, None, ready.around(digests), digests) == [Reason("never_run")]
    assert Reason("inputs", ("a", "b", "c", "d")).sentence("fr") == "modifié\u00a0: a, b, c, …"


def test_a_page_that_would_say_something_else_is_made_again(ready):
    digests = Digests()
    job = ready.jobs()[0]
    plain = ready.around(digests)
    with_page = replace(plain, page_context=lambda job: {"title": job.id})
    before = key_components(job, plain, digests)
    assert before["page"] == ""
    assert before | {"page": 1} == key_components(job, with_page, digests) | {"page": 1}
    assert key_of(before) != key_of(key_components(job, with_page, digests))


@pytest.fixture
def later(monkeypatch):
    """Look at files as if they had been written a while ago."""
    now = time.time()
    monkeypatch.setattr("vises_methods.batch.digests.time.time", lambda: now + 60)


@pytest.mark.usefixtures("later")
def test_a_file_is_read_once_while_it_stands_still(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1")
    memory: dict = {}
    digests = Digests(memory)
    assert digests.of(path) == digests.of(path)
    assert Digests(memory).of(path) == sha256(path)
    assert digests.read_count == 1
    path.write_text("22")
    assert digests.of(path) == sha256(path)


@pytest.mark.usefixtures("later")
@pytest.mark.skipif(os.name == "nt", reason="that system does not keep when anything of a file last changed")
def test_other_content_of_the_same_size_and_time_is_seen(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("1")
    memory: dict = {}
    before, state = Digests(memory).of(path), path.stat()
    limit = time.monotonic() + 10
    while path.stat().st_ctime_ns == state.st_ctime_ns:
        assert time.monotonic() < limit
        path.write_text("2")
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (state.st_size, state.st_mtime_ns)
    assert Digests(memory).of(path) == sha256(path) != before


@pytest.mark.parametrize("touched", [False, True])
def test_a_file_just_written_is_not_trusted_to_its_times(tmp_path, touched):
    path = tmp_path / "a.csv"
    path.write_text("1")
    if touched and os.name != "nt":
        os.utime(path, (1_000_000_000, 1_000_000_000))
    memory: dict = {}
    Digests(memory).of(path)
    assert memory == {}


def test_the_package_digest_sees_every_source_and_text(tmp_path):
    for name in ("a.py", "locale/en/x.yml", "__pycache__/a.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    found = [Digests().of_package(tmp_path)]
    for name in ("__pycache__/a.pyc", "a.py", "locale/en/x.yml"):
        (tmp_path / name).write_text("2")
        found.append(Digests().of_package(tmp_path))
    assert found[0] == found[1]
    assert len(set(found)) == 3


def test_an_explanation_names_each_part_that_changed_from_what_to_what(project):
    project.notebook("01_a", "x = 1", reads=["indicators.csv"])
    job = project.jobs()[0]
    digests = Digests()
    before = key_components(job, project.around(digests), digests)
    entry = Entry(job.id, "done", key_of(before), before, {}, None)
    project.write("data/demo/enterprises/abeille/indicators.csv", "indicator,value\njobs,99\n")
    around = project.around(digests)
    (told,) = foresee([job], {job.id: entry}, around, Digests(still=True))
    name = "enterprises/abeille/indicators.csv"
    assert told.reasons == [Reason("inputs", (name,))]
    now = key_components(job, around, Digests())["inputs"][name]
    assert list(told.differences()) == [("inputs", name, before["inputs"][name], now)]


class CountingDigests(Digests):
    """Counts how often a file is looked at."""

    def __init__(self):
        super().__init__(still=True)
        self.looks = 0

    def _looked_at(self, path):
        self.looks += 1
        return super()._looked_at(path)


def looks(project):
    project.notebook("01_a", "x = 1", reads=["profile.yml", "@study"])
    project.notebook("06_b", "x = 1", reads=["indicators.csv"], after=["01_a"])
    project.notebook("80_c", "x = 1", scope="study", after=["01_a", "06_b"])
    project.write("requirements.lock", "numpy==2")
    for job in project.jobs():
        for ending in (".ipynb", ".results.json"):
            project.write(f"outputs/demo/{job.folder}/{job.stem}{ending}", job.id)
    before, digests = entries(project), CountingDigests()
    assert not any(each.reasons for each in foresee(project.jobs(), before, project.around(digests), digests))
    return digests.looks


def test_of_a_study_that_was_never_run_no_input_is_looked_at(ready):
    digests = CountingDigests()
    around = ready.around(digests)
    before = digests.looks
    found = list(foresee(ready.jobs(), {}, around, digests))
    assert {each.reasons[0].code for each in found} == {"never_run"}
    assert digests.looks == before


def test_twice_as_many_enterprises_take_twice_as_many_looks_at_files(tmp_path, make_project):
    few, more, most = (
        looks(make_project(tmp_path / str(count), [f"e{number}" for number in range(count)])) for count in (4, 8, 16)
    )
    assert most - more == 2 * (more - few) > 0
