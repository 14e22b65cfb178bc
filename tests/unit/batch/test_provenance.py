"""From the ledger to the crate."""

import json

from vises_methods.batch.ledger import Entry, Ledger
from vises_methods.batch.provenance import job_record, write_crate

PARTS = {
    **dict.fromkeys(("notebook", "package", "lock", "python", "methodology"), "x" * 64),
    "parameters": {"lang": "fr"},
    "inputs": {"study.yml": "1" * 64, "enterprises/b/profile.yml": "2" * 64, "enterprises/a/profile.yml": "3" * 64},
    "after": {"baseline/b/01.fr.results.json": "4" * 64, "baseline/a/01.fr.results.json": "5" * 64},
}


def test_files_are_told_in_the_order_of_their_names(project):
    with Ledger(None) as ledger:
        entry = Entry("baseline/80_c.fr", "done", "k", PARTS, {"80_c.fr.html": "6" * 64})
        ledger.record(entry, ("baseline", "", "80_c", "fr"), started="2026-01-01T00:00:00+00:00", seconds=61.2)
        record = job_record(*next(ledger.attempted()))
        path = write_crate(project.study(), {"fr": "Une étude"}, {}, ledger, project.outputs)
    assert record.ended == "2026-01-01T00:01:01+00:00"
    assert [*record.inputs] == sorted(PARTS["inputs"])
    assert [*record.results_read] == sorted(PARTS["after"])
    graph = json.loads(path.read_text(encoding="utf-8"))["@graph"]
    read = next(entity["object"] for entity in graph if entity["@type"] == "CreateAction")
    assert [each["@id"].split("/", 2)[-1] for each in read[:5]] == [
        *sorted(PARTS["inputs"]), *(f"outputs/{name}" for name in sorted(PARTS["after"])),
    ]  # fmt: skip
