"""Make the invented originals and their truth from the marked texts: everything and everyone in them is invented.

A mark ``⟦kind|words⟧`` says what identifies someone; ``⟦kind!|words⟧`` that it is on the study's list of names. The
check digits of national numbers and bank accounts are computed, so that their form is right; they belong to no one.
"""

import csv
import re
from pathlib import Path

HERE = Path(__file__).parent
MARK = re.compile(r"⟦(?P<kind>\w+)(?P<listed>!?)\|(?P<words>[^⟧]+)⟧")


def nir(thirteen: str) -> str:
    digits = re.sub(r"\D", "", thirteen.replace("2A", "19").replace("2B", "18"))
    return f"{thirteen} {97 - int(digits) % 97:02d}"


def belgian(nine: str, born_from_2000: bool) -> str:
    digits = re.sub(r"\D", "", nine)
    return f"{nine}{'' if nine.isdigit() else '.'}{97 - int(('2' if born_from_2000 else '') + digits) % 97:02d}"


def iban(country: str, account: str) -> str:
    digits = "".join(str(int(sign, 36)) for sign in account + country + "00")
    plain = f"{country}{98 - int(digits) % 97:02d}{account}"
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))


def words_of(mark: re.Match[str]) -> str:
    words = mark["words"]
    if words.startswith("nir:"):
        return nir(words[4:])
    if words.startswith(("be19:", "be20:")):
        return belgian(words[5:], words.startswith("be20:"))
    return iban(words[5:7], words[7:]) if words.startswith("iban:") else words


def unmarked(marked: str) -> tuple[str, list[tuple[int, int, str, str]]]:
    """Return the text, and the truth: start, end, kind, listed."""
    pieces, truth, done, length = [], [], 0, 0
    for mark in MARK.finditer(marked):
        before, words = marked[done : mark.start()], words_of(mark)
        start = length + len(before)
        truth.append((start, start + len(words), mark["kind"], "yes" if mark["listed"] else "no"))
        pieces += [before, words]
        done, length = mark.end(), start + len(words)
    return "".join([*pieces, marked[done:]]), truth


def made() -> dict[str, str]:
    """Return the content of every file that is made, by name."""
    files, rows = {}, []
    for path in sorted((HERE / "marked").glob("*.txt")):
        text, truth = unmarked(path.read_text(encoding="utf-8"))
        files[path.name] = text
        rows += [(path.stem, *entry) for entry in truth]
    lines = ["document,start,end,kind,listed", *(",".join(map(str, row)) for row in rows)]
    return {**files, "truth.csv": "\n".join(lines) + "\n"}


def truth() -> list[dict[str, str]]:
    """Return the truth as it stands in the file."""
    with (HERE / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    for name, content in made().items():
        (HERE / name).write_text(content, encoding="utf-8", newline="\n")
