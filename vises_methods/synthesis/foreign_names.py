"""A coded project's names for documents, codes and coders, found again among those of a study."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from vises_methods.errors import Problem
from vises_methods.qualitative import Codebook, CodedProject, carried_spans
from vises_methods.qualitative.exchange.transfer import first_difference
from vises_methods.study import Enterprise, items
from vises_methods.synthesis.taking_in import standing_rows

IDENTIFIER = re.compile(r"[a-z][a-z0-9-]{1,39}")


def standing_texts(case: Enterprise) -> dict[str, str]:
    """Return the texts of an enterprise as they are stored, by document; consent is minded by whoever analyses them."""
    files = {row["document"]: case.card.path / "texts" / f"{row['document']}.txt" for row in documents_of(case)}
    return {name: path.read_bytes().decode("utf-8") for name, path in files.items() if path.is_file()}


def documents_of(case: Enterprise) -> list[dict[str, str]]:
    """Return the rows of ``documents.csv`` as they are written."""
    return standing_rows(case, "documents.csv")


class ForeignNames:
    """Finds the study's own names for those of a project, and gathers what it cannot find."""

    def __init__(
        self, where: str, case: Enterprise, project: CodedProject, names: Mapping[str, Any], book: Codebook
    ) -> None:
        self.where, self.case, self.project, self.names, self.book = where, case, project, names, book
        self.problems: list[Problem] = []
        self.texts = standing_texts(case)
        self.foreign: dict[str, str] = dict(zip(project.documents["document"], project.documents["text"], strict=True))

    def documents(self) -> dict[str, str | None]:
        """Return the study's document for each of the project that holds codings."""
        coded = set(self.project.codings["document"])
        found: dict[str, str | None] = {}
        for name in self.project.documents["document"]:
            if name in self.names["documents"]:
                said = self.names["documents"][name]
                found[name] = said.get("document") if isinstance(said, dict) else said
                if said is not None and not self._document_allowed(found[name], fresh=isinstance(said, dict)):
                    self._tell("mapped_document", value=str(found[name]), allowed=sorted(self.texts))
            elif (known := self._document(name)) or name not in coded:
                found[name] = known
            else:
                self._tell("document_unknown", value=name, allowed=sorted(self.texts))
        return found

    def _document_allowed(self, document: object, *, fresh: bool) -> bool:
        named = isinstance(document, str) and (not fresh or bool(IDENTIFIER.fullmatch(document)))
        return named and (fresh or document in self.texts)

    def _document(self, name: str) -> str | None:
        if name in self.texts:
            return name
        stem = name.rsplit(".", 1)[0]
        if stem in self.texts:
            return stem
        alike = [own for own, text in self.texts.items() if carried_spans([], self.foreign[name], text) is not None]
        return alike[0] if len(alike) == 1 else None

    def spans(self, documents: Mapping[str, str | None]) -> list[tuple[int, int] | None]:
        """Return the place of each coding in the study's own text; None where it is left out."""
        codings = self.project.codings
        places: dict[Any, tuple[int, int] | None] = dict.fromkeys(codings.index)
        for name, own in codings.groupby("document", sort=False):
            target, source = documents.get(str(name)), self.foreign[str(name)]
            if target is None:
                continue
            text = self.texts.get(target, source)
            carried = carried_spans(list(zip(own["start"], own["end"], strict=True)), source, text)
            if carried is None:
                there, here = first_difference(source, text)
                self._tell("text_differs", value=str(name), document=target, there=there, here=here)
            else:
                places |= dict(zip(own.index, carried, strict=True))
        return list(places.values())

    def codes(self) -> dict[str, str | None]:
        """Return the codebook's code for each that the project uses."""
        by_label: dict[str, set[str]] = {}
        for code, labels in self.book.labels().items():
            for label in labels.values():
                by_label.setdefault(_plain(label), set()).add(code)

        def known(name: str) -> str | None:
            last = name.rsplit("/", 1)[-1].strip()
            for written in (name, last, last.split(" ", 1)[0]):
                if written in self.book:
                    return written
            alike = by_label.get(_plain(last), set())
            return next(iter(alike)) if len(alike) == 1 else None

        return self._named("codes", "code", known, lambda code: code in self.book)

    def coders(self) -> dict[str, str | None]:
        """Return the study's pseudonym for each coder of the project."""
        pseudonyms = {coder for row in documents_of(self.case) for coder in items(row["coders"])}
        return self._named("coders", "coder", lambda name: name if name in pseudonyms else None, lambda _: True)

    def _named(
        self, part: str, column: str, known: Callable[[str], str | None], allowed: Callable[[str], bool]
    ) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for name, count in self.project.codings[column].value_counts(sort=False).items():
            said = self.names[part].get(str(name), known(str(name)))
            if said is None and str(name) not in self.names[part]:
                self._tell(f"{column}_unknown", value=str(name), count=int(count))
            elif said is not None and not (isinstance(said, str) and allowed(said)):
                self._tell(f"mapped_{column}", value=str(name), said=str(said))
            found[str(name)] = said
        return found

    def added(self, documents: Mapping[str, str | None]) -> dict[str, dict[str, str]]:
        """Return row and text of the documents that the enterprise has not yet."""
        fresh = {}
        for name, said in self.names["documents"].items():
            document = documents.get(name)
            if isinstance(said, dict) and document is not None and document not in self.texts:
                text = self.foreign[name]
                row = {column: _cell(value) for column, value in said.items()} | {"text": text, "adjudicated": "false"}
                fresh[document] = row | {"sha256": hashlib.sha256(text.encode("utf-8")).hexdigest()}
        return fresh

    def _tell(self, code: str, **values: Any) -> None:
        self.problems.append(Problem(f"synthesis.errors.{code}", self.where, values=values))


def _plain(label: str) -> str:
    return unicodedata.normalize("NFC", label).casefold().strip()


def _cell(value: Any) -> str:
    return ";".join(str(item) for item in value) if isinstance(value, list) else str(value)
