"""The forms in which identifiers are written in France and Belgium, and the check digits that confirm them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

STRUCTURED = (
    "email",
    "national_number",
    "bank_account",
    "phone",
    "birth_date",
    "address",
    "postcode",
    "licence_plate",
    "titled_name",
    "speaker",
)
Form = tuple[int, int, str, str]

_CAPITAL = "A-ZÀ-ÖØ-Þ"
_NAME = rf"[{_CAPITAL}](?:[\w'’-]*\w)?"
_PARTICLE = (
    r"(?:[Vv]an|[Vv]on|[Dd]en?|[Dd]er|[Tt]er|[Tt]en|[Dd]u|[Dd]es|[Dd]e\s+[Ll]a|[Ll]a|[Ll]e|[Ee]l|[Bb]en|[Dd]['’])"
)
_FULL_NAME = rf"(?:{_PARTICLE}\s*)*{_NAME}(?:\s+(?:{_PARTICLE}\s+)*{_NAME})*"
_STREET = (
    r"(?:rue|avenue|av\.|boulevard|bd\.?|place|chemin|impasse|allée|quai|route|chaussée|square|cité|clos|venelle|sentier"
    r"|drève|résidence)"
)
_STRAAT = r"(?:straat|laan|weg|plein|steenweg|dreef|kaai|lei|singel|markt|baan|pad|vest|hof|gracht|wijk)"
_LINKS = r"(?:(?:de\s+la\s|de\s+l['’]|de\s|du\s|des\s|la\s|le\s|les\s|l['’]|d['’]))*"
_BELGIAN_NUMBER = r"\d{2}[.\s-]?\d{2}[.\s-]?\d{2}[\s.-]?\d{3}[.\s-]?\d{2}"
_FRENCH_NUMBER = r"[12378][\s.]?\d{2}[\s.]?\d{2}[\s.]?(?:\d{2}|2[AB])[\s.]?\d{3}[\s.]?\d{3}(?:[\s.-]{0,3}\d{2})?"
_MONTH = (
    r"(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|januari|februari|maart|april"
    r"|mei|juni|juli|augustus|september|oktober|november|december)"
)
_DAY = rf"\d{{1,2}}(?:\s?[/.-]\s?\d{{1,2}}\s?[/.-]\s?(?:19|20)?\d{{2}}|(?:er)?\s+{_MONTH}\s+(?:19|20)\d{{2}})"
_BORN = (
    r"(?:\bn[ée]e?s?\s+(?:à\s+[^.\n]{2,30}?\s+)?le|\bgeboren\s+(?:in\s+[^.\n]{2,30}?\s+)?op|\bnaissance\s*:?"
    r"|\bgeboortedatum\s*:?)"
)
_TITLE = (
    r"(?:M\.|Mr\.?|M(?:me|ME)\.?|M(?:lle|LLE)\.?|[Mm]adame|MADAME|[Mm]onsieur|MONSIEUR|[Mm]ademoiselle|[Dd]hr\.?|[Mm]evr\.?"
    r"|[Mm]evrouw|MEVROUW|[Mm]eneer|[Mm]ijnheer|[Dd]e\s+heer|[Jj]uffrouw|Dr\.?|[Dd]octeur|[Dd]okter|[Mm]aître)"
)
_INTRODUCED = (
    r"(?:[mst]['’]appell(?:e|es|ent|ait)|(?:mon|son)\s+nom\s+est|\bheet|\bheette|(?:mijn|zijn|haar)\s+naam\s+is|genaamd"
    r"|prénomm[ée]e?|nomm[ée]e?)"
)
_ROLES = (
    "animateur animatrice chercheur chercheuse coach enq enqueteur enqueteuse enquêteur enquêtrice int intervieweur "
    "intervieweuse interviewer moderator modérateur modératrice note nota onderzoeker question vraag antwoord réponse "
    "verslag verslaggever observation observatie tous allen alle iedereen groupe groep date datum durée duur lieu "
    "plaats "
    "présents aanwezig contexte context adresse adres annexe bijlage président présidente voorzitter directeur "
    "directrice "
    "trésorier trésorière secrétaire secretaris coordinateur coordinatrice coördinator jobcoach werkleider encadrant "
    "encadrante participant participante deelnemer deelneemster"
)
_NO_NAMES = frozenset(_ROLES.split())
_HOUSE_NUMBER = re.compile(r"\d\s?\w?,\s*$")
_PATTERNS = {
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "national_number": re.compile(rf"(?<![\d+])(?:{_FRENCH_NUMBER}|{_BELGIAN_NUMBER})(?!\d)"),
    "bank_account": re.compile(r"\b[A-Z]{2}\d{2}(?:[\s.-]?[\dA-Z]{4}){2,7}(?:[\s.-]?[\dA-Z]{1,3})?\b"),
    "phone": re.compile(r"(?<![\w+])(?:(?:\+|00)3[123][\s./-]?(?:\(0\)[\s./-]?)?|0)[1-9](?:[\s./-]{0,2}\d){7,8}(?!\d)"),
    "birth_date": re.compile(rf"{_BORN}\s+(?P<name>{_DAY})(?!\d)", re.IGNORECASE),
    "address": re.compile(
        rf"\b\d{{1,4}}(?:\s?(?:bis|ter|[A-Z]))?,?\s+{_STREET}\s+{_LINKS}{_NAME}(?:[\s-]{_NAME})*"
        rf"|\b[Rr](?:ue)\s+{_LINKS}{_NAME}(?:[\s-]{_NAME})*,?\s+(?:n[°o]\s*)?\d{{1,4}}\b"
        rf"|\b(?:{_NAME}\s)?[{_CAPITAL}][\w'’-]*{_STRAAT}\s+\d{{1,4}}\s?[A-Za-z]?\b"
    ),
    "postcode": re.compile(
        rf"(?<![\w-])(?:[BF]-)?(?P<code>\d{{4,5}})\s+(?=(?:{_PARTICLE}\s*)*[{_CAPITAL}][a-zà-öø-ÿ]+)"
    ),
    "licence_plate": re.compile(r"(?<![\w-])(?:[1-9]-[A-Z]{3}-\d{3}|[A-Z]{2}-\d{3}-[A-Z]{2})(?![\w-])"),
    "titled_name": re.compile(rf"(?<!\w)(?:{_TITLE}|{_INTRODUCED})\s+(?P<name>{_FULL_NAME})"),
    "speaker": re.compile(rf"^[ \t]*(?:{_TITLE}\s+)?(?P<name>{_FULL_NAME})[ \t\u00a0\u202f]*:", re.MULTILINE),
}


def untitled(name: str) -> str:
    """Return a name without the title before it.

    Examples
    --------
    >>> untitled("Mme Hardenne")
    'Hardenne'
    """
    return re.sub(rf"^{_TITLE}\s+", "", name)


def forms_in(text: str, structured: Sequence[str]) -> Iterator[Form]:
    """Yield start, end, kind and reason of what has the form of an identifier.

    The reason is ``check_digits`` where they confirm it, else ``form``; a name is ``titled``, or a ``speaker`` where it
    opens at least two turns.
    """
    for kind in structured:
        matches = list(_PATTERNS[kind].finditer(text))
        openings = Counter(match["name"] for match in matches) if kind == "speaker" else Counter()
        for match in matches:
            reason = _reason(kind, match)
            if reason and (kind != "speaker" or openings[match["name"]] > 1):
                start, end = match.span("name") if "name" in match.groupdict() else match.span()
                yield start, _end_of_words(text, start, end), kind, reason


def _end_of_words(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _reason(kind: str, match: re.Match[str]) -> str | None:
    """Say why it is taken, or None where it is something else."""
    written = match.group()
    if kind == "national_number":
        return _national(written)
    if kind == "bank_account":
        return "check_digits" if _iban(written) else "form"
    if kind == "postcode":
        before = match.string[: match.start()]
        year = re.match(r"(?:19|20)\d\d$", match["code"]) and not _HOUSE_NUMBER.search(before)
        return None if year and not written[0].isalpha() else "form"
    if kind == "speaker":
        words = re.findall(r"\w+", match["name"].lower())
        digits = any(character.isdigit() for character in match["name"])
        return None if digits or len(match["name"]) < 2 or len(words) > 4 or words[0] in _NO_NAMES else "speaker"
    return "titled" if kind == "titled_name" else "form"


def _national(written: str) -> str | None:
    """Take what is written with separators as it stands; bare digits only where the check digits hold."""
    digits = re.sub(r"[^\dAB]", "", written)
    if len(digits) not in (11, 13, 15):
        return None
    if _belgian_check(digits) or _french_check(digits):
        return "check_digits"
    return "form" if digits != written and _plausible(digits) else None


def _plausible(digits: str) -> bool:
    """Say whether month and day can be; Belgian months may be 20 or 40 more, French ones 20 and more, where unsure."""
    if len(digits) == 11:
        return int(digits[2:4]) % 20 <= 12 and int(digits[4:6]) <= 31
    return int(digits[3:5]) <= 12 or int(digits[3:5]) >= 20


def _belgian_check(digits: str) -> bool:
    """Check a rijksregisternummer; those born from 2000 on have a 2 put before."""
    if len(digits) != 11 or not digits.isdigit():
        return False
    return any(97 - int(f"{century}{digits[:9]}") % 97 == int(digits[9:]) for century in ("", "2"))


def _french_check(digits: str) -> bool:
    """Check the key of a NIR; the letters of Corsica count as 19 and 18."""
    number = digits.replace("2A", "19").replace("2B", "18")
    return len(number) == 15 and number.isdigit() and 97 - int(number[:13]) % 97 == int(number[13:])


def _iban(written: str) -> bool:
    """Check an IBAN by ISO 13616: the remainder by 97 is 1."""
    plain = re.sub(r"[^\dA-Z]", "", written)
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1
