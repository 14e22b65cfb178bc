"""What the index of a study needs to know of a run: names, titles, states, failures."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from vises_methods.batch.digests import Digests
from vises_methods.batch.keys import Surroundings
from vises_methods.batch.ledger import Entry
from vises_methods.batch.notebooks import NotebookSpec, in_order
from vises_methods.batch.page_contexts import notebook_title
from vises_methods.batch.preparation import Prepared
from vises_methods.catalogue import LANGUAGES, has_text
from vises_methods.methodology import available_methodologies, load_methodology, methodology_path
from vises_methods.publish.in_short import in_short
from vises_methods.publish.site import write_site
from vises_methods.publish.site_parts import SiteCard, SiteMethodology, SitePage
from vises_methods.study import EnterpriseCard


def index_made_from(prepared: Prepared, around: Surroundings, digests: Digests) -> str:
    """Return a digest of all that the index tells beside how the jobs stand."""
    study, outputs = prepared.study, prepared.outputs
    told = (
        around.package,
        *(dict(study.title), dict(study.notice), study.languages),
        [(spec.name, spec.scope, spec.after, dict(spec.title)) for spec in in_order(prepared.specs)],
        [(name, digests.of(methodology_path(name))) for name in available_methodologies()],
        sorted(prepared.methodology_files),
        sorted(path.relative_to(outputs).as_posix() for path in outputs.glob("*/estimates.csv")),
    )
    digest = hashlib.sha256(repr(told).encode())
    for card in study.enterprises:
        digest.update(repr(card).encode())
    return digest.hexdigest()


def write_index(prepared: Prepared, entries: Mapping[str, Entry]) -> Path:
    """Write the index pages over all that stands in the ledger, and return the one to open."""
    study = prepared.study
    ran = {name.split("/")[0] for name in entries} & {*available_methodologies()}
    names = methodology_names(ran | {*prepared.methodology_files})
    return write_site(
        prepared.outputs,
        title=dict(study.title),
        notice=dict(study.notice),
        methodologies=(_methodology(each, name, prepared, entries) for each, name in names.items()),
        first_language=study.languages[0],
    )


def methodology_names(identifiers: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return what methodologies are called, by identifier and language; those that bear one name with the identifier.

    A copy bears the name of what it was copied from until someone gives it its own.
    """
    labels = {each: dict(load_methodology(each).label) for each in sorted(identifiers)}
    borne = Counter(label for told in labels.values() for label in told.items())
    return {
        each: {lang: f"{name} ({each})" if borne[lang, name] > 1 else name for lang, name in told.items()}
        for each, told in labels.items()
    }


def _methodology(
    identifier: str, name: Mapping[str, str], prepared: Prepared, entries: Mapping[str, Entry]
) -> SiteMethodology:
    specs = in_order(prepared.specs)
    of_study = [spec for spec in specs if spec.scope == "study"]
    of_enterprise = [spec for spec in specs if spec.scope == "enterprise"]
    folders = ((card, f"{identifier}/{card.id}") for card in _shown(prepared))
    estimates = f"{identifier}/estimates.csv"
    return SiteMethodology(
        id=identifier,
        name=name,
        why=dict(load_methodology(identifier).why),
        pages=_pages(identifier, of_study, prepared.study.languages, entries),
        cards=(_card(prepared.outputs, folder, card, of_enterprise, entries) for card, folder in folders),
        estimates=estimates if (prepared.outputs / estimates).is_file() else "",
    )


def _shown(prepared: Prepared) -> Iterator[EnterpriseCard]:
    """Return the enterprises that the index can place: a misspelt group or region must be mended first."""
    for card in prepared.study.enterprises:
        if has_text(f"language.groups.{card.group}") and has_text(f"language.regions.{card.region}"):
            yield card


def _card(
    outputs: Path, folder: str, card: EnterpriseCard, specs: list[NotebookSpec], entries: Mapping[str, Entry]
) -> SiteCard:
    pages = _pages(folder, specs, card.languages, entries)
    return SiteCard(card.id, card.name, card.group, card.region, pages, in_short(outputs / folder))


def _pages(
    folder: str, specs: list[NotebookSpec], languages: tuple[str, ...], entries: Mapping[str, Entry]
) -> list[SitePage]:
    """Return one page for each notebook and each language it was run in; its first language where it never was."""
    pages = []
    for spec in specs:
        ran = [lang for lang in LANGUAGES if f"{folder}/{spec.name}.{lang}" in entries]
        for lang in ran or languages[:1]:
            name = f"{folder}/{spec.name}.{lang}"
            pages.append(_page(spec, name, lang, entries.get(name)))
    return pages


def _page(spec: NotebookSpec, name: str, lang: str, entry: Entry | None) -> SitePage:
    failure = None if entry is None else entry.failure
    return SitePage(
        notebook=spec.name,
        title=notebook_title(spec),
        href=f"{name}.html",
        state="never" if entry is None else entry.state,
        lang=lang,
        what={} if failure is None else {each: failure.what(each) for each in LANGUAGES},
        remedy={} if failure is None else {each: failure.remedy(each) for each in LANGUAGES},
    )
