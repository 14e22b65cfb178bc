"""What the page of each job says around its notebook: names, titles, neighbours."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from vises_methods.batch.notebooks import NotebookSpec, Scope, in_order
from vises_methods.batch.plan import Job
from vises_methods.batch.preparation import Prepared
from vises_methods.methodology import load_methodology
from vises_methods.publish.page_context import PageContext


def page_contexts(prepared: Prepared) -> Callable[[Job], PageContext]:
    """Return the function that says, for a job, what stands around its page."""
    study = prepared.study
    names = {card.id: card.name for card in study.enterprises}
    labels = {name: dict(load_methodology(name).label) for name in prepared.methodology_files}
    neighbours = {
        scope: [(spec.name, notebook_title(spec)) for spec in in_order(prepared.specs) if spec.scope == scope]
        for scope in ("enterprise", "study")
    }

    @lru_cache(maxsize=16)
    def around(scope: Scope, methodology: str, enterprise: str, lang: str) -> PageContext:
        up = "../../" if scope == "enterprise" else "../"
        return PageContext(
            study=dict(study.title),
            notice=dict(study.notice),
            methodology=labels[methodology],
            name=names[enterprise] if scope == "enterprise" else dict(study.title),
            index=f"{up}index.{lang}.html",
            pages=neighbours[scope],
        )

    def context(job: Job) -> PageContext:
        return around(job.notebook.scope, job.methodology, job.enterprise_id, job.lang)

    return context


def notebook_title(spec: NotebookSpec) -> dict[str, str]:
    """Return the title of a notebook by language: its own, else what its name says."""
    return dict(spec.title) or {"en": spec.name.partition("_")[2].replace("_", " ").capitalize() or spec.name}
