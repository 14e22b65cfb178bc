"""Documents, their texts and those who speak in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vises_methods.errors import Problem
from vises_methods.study.rules.context import Context
from vises_methods.study.withdrawal import items, turns_of


def problems(context: Context) -> Iterator[Problem]:
    """Check the documents, their texts and the consent of those who speak."""
    groups, people = context.reference.stakeholder_groups, context.values("consent", "person")
    yield from context.unknown_cells("documents", "stakeholder_group", groups, context.reference.codebook_file)
    yield from context.unknown_cells("documents", "persons", people, "consent.csv", several=True)
    yield from context.implausible_days("documents", "date")
    yield from _texts(context)
    yield from _speakers(context)
    yield from _consent(context)


def whole_texts(context: Context) -> dict[str, str]:
    """Return the texts that are those that were coded: readable, and unchanged by their digest."""
    texts = {}
    for record in context.records("documents", "document", "sha256"):
        file = context.folder.text(record["document"])
        if file is not None and file.text is not None and not file.problems and file.sha256 == record["sha256"]:
            texts[record["document"]] = file.text
    return texts


def _texts(context: Context) -> Iterator[Problem]:
    registered = {record["row"]: record["sha256"] for record in context.records("documents", "sha256")}
    consents = context.records("consent", "person", "withdrawn_on")
    withdrawn = {record["person"] for record in consents if record["withdrawn_on"] is not None}
    for record in context.records("documents", "document", "persons"):
        where = f"{context.folder.where}/texts/{record['document']}.txt"
        file = context.folder.text(record["document"])
        if file is None:
            persons = items(record["persons"])
            if not persons or not withdrawn.issuperset(persons):
                yield Problem("study.errors.no_text", where)
            continue
        yield from file.problems
        if not file.problems and file.sha256 != registered.get(record["row"], file.sha256):
            yield Problem("study.errors.text_changed", where, values={"value": file.sha256})


def _speakers(context: Context) -> Iterator[Problem]:
    for record in context.records("documents", "kind", "persons"):
        if record["kind"] != "document" and not items(record["persons"]):
            yield context.cell("no_persons", "documents", record["row"], "persons", value=record["kind"])
    if not context.folder.table("consent").usable:
        return
    consents = context.records("consent", "person", "label", "purposes", "withdrawn_on")
    people = {record["person"]: record for record in reversed(consents)}
    for record in context.records("documents", "document", "persons"):
        for person in items(record["persons"]):
            if person in people:
                yield from _may_be_used(context, record, people[person])


def _may_be_used(context: Context, document: dict[str, Any], consent: dict[str, Any]) -> Iterator[Problem]:
    row, person = document["row"], consent["person"]
    if consent["withdrawn_on"] is None:
        if "analysis" not in items(consent["purposes"]):
            yield context.cell("no_consent_to_analysis", "documents", row, "persons", value=person)
        return
    file = context.folder.text(document["document"])
    text = file.text if file is not None else None
    alone = len(items(document["persons"])) == 1
    if text is not None and not alone and not (consent["label"] and turns_of(consent["label"], text)):
        values = {"value": person, "document": document["document"]}
        yield context.cell("withdrawn_not_found", "documents", row, "persons", **values)


def _consent(context: Context) -> Iterator[Problem]:
    yield from context.implausible_days("consent", "signed_on", "withdrawn_on")
    for record in context.records("consent", "signed_on", "withdrawn_on"):
        signed, withdrawn = record["signed_on"], record["withdrawn_on"]
        if signed and withdrawn and withdrawn < signed and not context.implausible(signed):
            values = {"value": withdrawn.isoformat(), "first": signed.isoformat()}
            yield context.cell("ends_before", "consent", record["row"], "withdrawn_on", **values)
