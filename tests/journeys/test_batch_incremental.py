"""A coordinator's day: run everything, touch one file, run again; and a colleague elsewhere gets the same bytes."""

import csv
import io
import json

from vises_methods.batch.ledger import Ledger

DRAWS = """
import matplotlib.pyplot as plt
import numpy as np
print({"a", "b", "c", "d", "e", "f"}, np.random.default_rng(0).normal())
_ = plt.plot([1, 2, 3])
"""
READS = """
from pathlib import Path
import os
folder = Path(os.environ["VISES_HOME"]) / "data" / study / "enterprises" / enterprise
jobs = (folder / "indicators.csv").read_text().split(",")[-1].strip()
print("jobs", jobs)
"""
SURROUNDINGS = """
import os, sys, time
from pathlib import Path
print(os.environ["OMP_NUM_THREADS"], os.environ["PYTHONHASHSEED"], os.environ["SOURCE_DATE_EPOCH"], time.tzname[0])
print(sys.flags.no_user_site, plt.get_backend(), Path(matplotlib.matplotlib_fname()).parent.name)
"""


def filled(project, publishing):
    project.notebook("01_portrait", DRAWS, "import matplotlib\n" + SURROUNDINGS, reads=["profile.yml"])
    project.notebook("04_indicators", READS, publishing("jobs", "int(jobs)"), reads=["indicators.csv"])
    project.notebook("06_synthesis", publishing("all"), after=["04_indicators"])
    project.notebook("80_portfolio", publishing("portfolio"), scope="study", after=["06_synthesis", "04_indicators"])
    return project


def names(jobs):
    return [f"{job.enterprise_id}/{job.notebook.name}".lstrip("/") for job in jobs]


def test_everything_once_then_only_what_changed(make_project, publishing, tmp_path):
    here = filled(make_project(tmp_path / "here", ["abeille", "bourdon"]), publishing)
    assert here.run(workers=2).all_well
    made = here.made()
    elsewhere = filled(make_project(tmp_path / "elsewhere", ["abeille"]), publishing)
    assert elsewhere.run(elsewhere.jobs(notebooks=["01_portrait", "04_indicators"])).all_well
    theirs = {name: content for name, content in elsewhere.made().items() if "abeille" in name}
    assert len(theirs) == 4
    assert theirs == {name: made[name] for name in theirs}
    check_that_it_says_nothing_of_when_and_where(made["baseline/abeille/01_portrait.fr.ipynb"].decode(), tmp_path)

    again = here.run()
    assert again.done == []
    assert len(again.unchanged) == 7
    assert again.seconds < 5
    assert here.made() == made

    here.write("data/demo/enterprises/abeille/indicators.csv", "indicator,value\njobs,99\n")
    touched = here.run(workers=2)
    assert names(touched.done) == ["abeille/04_indicators", "abeille/06_synthesis", "80_portfolio"]

    here.write("data/demo/enterprises/abeille/indicators.csv", "indicator,amount\njobs,99\n")
    same_results = here.run(workers=2)
    assert names(same_results.done) == ["abeille/04_indicators"]

    rows = list(csv.DictReader(io.StringIO(here.made()["baseline/estimates.csv"].decode())))
    jobs = {row["enterprise"]: float(row["estimate"]) for row in rows if row["result"] == "jobs"}
    assert jobs == {"abeille": 99.0, "bourdon": 7.0}
    with Ledger.for_reading(here.outputs / "ledger.sqlite") as ledger:
        columns, kept = ledger.estimates("baseline")
        assert [dict(zip(columns, row, strict=True))["estimate"] for row in kept] == [
            float(row["estimate"]) for row in rows
        ]


def check_that_it_says_nothing_of_when_and_where(written, folder):
    notebook = json.loads(written)
    assert str(folder) not in written
    assert "papermill" not in notebook["metadata"]
    assert all(set(cell["metadata"]) <= {"tags"} for cell in notebook["cells"])
    said = "".join("".join(output.get("text", "")) for cell in notebook["cells"] for output in cell.get("outputs", ()))
    assert "1 0 1704067200 UTC" in said
    assert "1 module://matplotlib_inline.backend_inline mpl-data" in said
