"""From a study with names to one without, and back: reviewed, whole or not at all, codings on their words."""

import csv
import json
import shutil
import stat
from pathlib import Path

import pytest

from vises_methods.batch.exit_codes import ALL_WELL, WRONG_USE
from vises_methods.catalogue import LANGUAGES
from vises_methods.cli import run_command
from vises_methods.errors import InputError, InvalidStudyError
from vises_methods.pseudonymisation import staging, workflow
from vises_methods.pseudonymisation.words import meant
from vises_methods.study import check_study, open_enterprise, open_study

NAMES = Path(__file__).parents[2] / "references" / "qualitative" / "originals" / "names.csv"
BOTH = ("atelier", "werkplaats")


def files(study: Path) -> dict[str, bytes]:
    return {path.relative_to(study).as_posix(): path.read_bytes() for path in study.rglob("*") if path.is_file()}


def rows(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter=";")
        return list(reader.fieldnames), list(reader)


def save(path: Path, header, content) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, delimiter=";")
        writer.writeheader()
        writer.writerows(content)


def searched(study, vault, *, lang="en", only=BOTH, key=None, name="review.csv"):
    workflow.search(open_study(study), only, vault / name, names=NAMES, key=key, lang=lang)
    return vault / name


def applied(study, vault, review, only=BOTH):
    return workflow.apply(open_study(study), only, review, key=vault / "key.json")


@pytest.fixture(autouse=True)
def _names_may_stand_in_the_checkout(monkeypatch):
    """The list of names of these tests stands in the project; a user's must not."""
    outside = workflow.require_outside
    monkeypatch.setattr(
        workflow, "require_outside", lambda path, study, option: path if path == NAMES else outside(path, study, option)
    )


def test_there_and_back_is_the_identity_and_codings_stay_on_their_words(whole_study, vault):
    before = files(whole_study)
    was = {name: open_enterprise(open_study(whole_study), name) for name in BOTH}
    quotes = {
        name: [(c["coding"], c["start"], c["end"]) for c in case.codings.to_dict("records")]
        for name, case in was.items()
    }
    review = searched(whole_study, vault)
    assert files(whole_study) == before
    done = applied(whole_study, vault, review)
    assert done.enterprises == BOTH
    assert done.replaced > 400
    assert check_study(whole_study) == []
    key = json.loads((vault / "key.json").read_text(encoding="utf-8"))
    for name in BOTH:
        case = open_enterprise(open_study(whole_study), name)
        layer = key["layers"][name][0]
        for coding, old in zip(case.codings.to_dict("records"), quotes[name], strict=True):
            assert coding["coding"] == old[0]
            entry = layer["texts"][f"texts/{coding['document']}.txt"]
            text = before[f"enterprises/{name}/texts/{coding['document']}.txt"].decode()
            assert _words(case, coding) == _expected(text, old[1], old[2], entry["changes"])
        everything = " ".join(content.decode() for file, content in files(whole_study).items() if name in file)
        for told in ("Diallo", "Jan Peeters", "Awa", "Fatma", "0470 12 34 56", "Vandenberghe", "jan.peeters71"):
            assert told not in everything
    workflow.restore(open_study(whole_study), BOTH, key=vault / "key.json")
    assert files(whole_study) == before


def _words(case, coding):
    texts = dict(zip(case.documents["document"], case.documents["text"], strict=True))
    return texts[coding["document"]][coding["start"] : coding["end"]]


def _expected(text, start, end, changes):
    """Return the words of a coding with each name in it, or at its edge, replaced: written without positions moved."""
    inside = [change for change in changes if change[0] < end and start < change[1]]
    first, last = min([start, *(c[0] for c in inside)]), max([end, *(c[1] for c in inside)])
    pieces, done = [], first
    for left, right, _, new in inside:
        pieces += [text[done:left], new]
        done = right
    return "".join([*pieces, text[done:last]])


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_the_command_says_what_it_does_in_three_languages(small_study, vault, lang, capsys):
    study, review, key = str(small_study), str(vault / "r.csv"), str(vault / "k.json")
    before = files(small_study)
    base = ["pseudonymise", "--study", study, "--enterprise", "atelier", "--ui", lang]
    assert run_command([*base, "--review", review]) == ALL_WELL
    told = capsys.readouterr().out
    assert "--apply" in told
    assert "KEY.json" not in told
    header, found = rows(Path(review))
    assert meant("columns", header[0]) == "enterprise"
    assert {meant("decisions", row[header[7]]) for row in found} <= {"replace", "keep"}
    assert run_command([*base, "--apply", review, "--key", key]) == ALL_WELL
    assert key in capsys.readouterr().out
    assert files(small_study) != before
    assert run_command([*base, "--apply", review, "--key", key]) == ALL_WELL
    after = files(small_study)
    assert run_command([*base, "--restore", key]) == ALL_WELL
    assert files(small_study) == before
    assert after != before


@pytest.mark.parametrize(
    "arguments",
    [[], ["--review", "a", "--restore", "b"], ["--apply", "a"], ["--restore", "a", "--names", "b"], ["--restore", "a"]],
)
def test_wrong_use_is_told(small_study, arguments, capsys):
    assert run_command(["pseudonymise", "--study", str(small_study), "--ui", "fr", *arguments]) == WRONG_USE
    assert "À faire" in capsys.readouterr().out


def test_key_and_review_are_refused_inside_the_study(small_study, vault):
    study = open_study(small_study)
    inside = small_study / "enterprises" / "key.json"
    link = vault / "link"
    link.symlink_to(small_study)
    for path in (inside, link / "key.json"):
        with pytest.raises(InputError):
            workflow.search(study, ["atelier"], path)
    review = searched(small_study, vault, only=("atelier",))
    before = files(small_study)
    with pytest.raises(InputError):
        workflow.apply(study, ["atelier"], review, key=inside)
    with pytest.raises(InputError):
        workflow.search(study, ["atelier"], review)
    assert files(small_study) == before


def test_what_the_reader_decides_is_done(small_study, vault):
    review = searched(small_study, vault, only=("atelier",))
    header, found = rows(review)
    for row in found:
        if row["found"] == "‹Roubaix›":
            row["decision"] = "Garder"
        if row["found"] == "‹Luc›" and not any(r["other pseudonym"] for r in found):
            row["other pseudonym"] = "Bruno"
    blank = dict.fromkeys(header, "")
    found.append(blank | {"enterprise": "atelier", "found": "Hyacinthe", "kind": "personne"})
    save(review, header, found)
    done = applied(small_study, vault, review, only=("atelier",))
    texts = "".join(path.read_text(encoding="utf-8") for path in small_study.glob("enterprises/atelier/texts/*.txt"))
    assert "Roubaix" in texts
    assert "Bruno :" in texts
    assert "Luc" not in texts
    assert "Hyacinthe" not in texts
    assert "Bruno" in (small_study / "enterprises/atelier/consent.csv").read_text(encoding="utf-8")
    assert done.kept > 0
    assert check_study(small_study, ["atelier"]) == []


def test_persons_keep_their_pseudonyms_and_a_second_run_is_undone_with_the_first(small_study, vault):
    before = files(small_study)
    first = searched(small_study, vault, only=("atelier",))
    header, found = rows(first)
    for row in found:
        if row["place in the files"].startswith("texts/fr-02"):
            row["decision"] = "keep"
    for row in found:
        if "Luc" in row["found"]:
            row["decision"] = "keep"
    save(first, header, found)
    applied(small_study, vault, first, only=("atelier",))
    second = searched(small_study, vault, only=("atelier",), key=vault / "key.json", name="again.csv")
    known = {row["found"]: row["suggested pseudonym"] for row in found}
    _, again = rows(second)
    assert {row["found"]: row["suggested pseudonym"] for row in again if row["found"] in known}.items() <= known.items()
    applied(small_study, vault, second, only=("atelier",))
    assert check_study(small_study, ["atelier"]) == []
    assert len(json.loads((vault / "key.json").read_text(encoding="utf-8"))["layers"]["atelier"]) == 2
    workflow.restore(open_study(small_study), ["atelier"], key=vault / "key.json")
    assert files(small_study) == before


SLIPS = {
    "rows_missing": lambda found: found.pop(),
    "decision": lambda found: found[3].update(decision="peut-être"),
    "pseudonym": lambda found: found[3].update({"other pseudonym": "=1+1"}),
    "mark": lambda found: found[3].update({"mark (do not change)": "m4"}),
    "row_twice": lambda found: found.append(dict(found[2])),
    "not_found": lambda found: found.append({**found[2], "mark (do not change)": "", "found": "Zzyzx"}),
    "enterprise": lambda found: found[3].update(enterprise="ailleurs"),
    "label_split": lambda found: next(row for row in found if row["after"].startswith(" :")).update(decision="keep"),
}


def test_a_sheet_that_cannot_be_meant_is_told_and_nothing_changes(small_study, vault, monkeypatch):
    review = searched(small_study, vault, only=("atelier",))
    monkeypatch.setattr(workflow, "require_sound", lambda *_: None)
    header, written = rows(review)
    before = files(small_study)
    told = {}
    for code, slip in SLIPS.items():
        found = [dict(row) for row in written]
        slip(found)
        save(review, header, found)
        with pytest.raises(InvalidStudyError) as caught:
            applied(small_study, vault, review, only=("atelier",))
        told[code] = [problem.code.rpartition(".")[2] for problem in caught.value.problems]
        assert all(caught.value.message(lang) for lang in LANGUAGES)
    assert {code: [code] for code in SLIPS} == {code: sorted(set(found)) for code, found in told.items()}
    assert files(small_study) == before
    assert not (vault / "key.json").exists()


def test_a_text_edited_since_the_review_or_since_the_work_is_told(small_study, vault):
    review = searched(small_study, vault, only=("atelier",))
    applied(small_study, vault, review, only=("atelier",))
    folder = small_study / "enterprises" / "atelier"
    (folder / "texts" / "fr-01-awa.txt").write_text("Autre chose.\n", encoding="utf-8")
    with pytest.raises(InvalidStudyError):
        workflow.restore(open_study(small_study), ["atelier"], key=vault / "key.json")


def test_the_key_is_for_its_owner_only(small_study, vault):
    review = searched(small_study, vault, only=("atelier",))
    applied(small_study, vault, review, only=("atelier",))
    for path in (review, vault / "key.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


class Unplugged(BaseException):
    """The plug is pulled: nothing after it runs."""


def test_the_plug_is_pulled(small_study, vault, monkeypatch):
    """Whenever it happens, the next command finds the study whole: as it was, or as it was to be."""
    before = files(small_study)
    review = searched(small_study, vault)
    # The study is sound, as the search has just found; what is staged is still checked every time.
    monkeypatch.setattr(workflow, "require_sound", lambda *_: None)
    for moment in ("check_study", "replace-1", "replace-2", "rmtree"):
        _pulled(small_study, vault, review, before, monkeypatch, moment)


def _pulled(small_study, vault, review, before, monkeypatch, moment):
    with monkeypatch.context() as patch:
        _pull(patch, moment)
        with pytest.raises(Unplugged):
            applied(small_study, vault, review)
    staging.finish_or_clear(small_study)
    after = files(small_study)
    assert (after == before) == (moment == "check_study")
    if after != before:
        assert applied(small_study, vault, review).replaced == 0
        if moment == "replace-1":
            workflow.restore(open_study(small_study), BOTH, key=vault / "key.json")
            assert files(small_study) == before
        for name, content in before.items():
            (small_study / name).write_bytes(content)
    assert files(small_study) == before
    (vault / "key.json").unlink(missing_ok=True)


def _pull(patch, moment):
    def stop(*_arguments, **_options):
        raise Unplugged

    def leave(*_arguments, **_options):
        return None

    if moment == "check_study":
        patch.setattr(staging, "check_study", stop)
        patch.setattr(staging.shutil, "rmtree", leave)
    elif moment == "rmtree":
        patch.setattr(staging.shutil, "rmtree", stop)
    else:
        left = [int(moment.partition("-")[2])]
        original = Path.replace

        def replace(self, target):
            if "enterprises" in str(target) or staging.STAGE in str(target):
                left[0] -= 1
                if left[0] == 0:
                    raise Unplugged
            return original(self, target)

        patch.setattr(Path, "replace", replace)


def test_codings_made_since_come_back_with_the_text(small_study, vault):
    shutil.rmtree(small_study / "enterprises" / "werkplaats")
    review = searched(small_study, vault, only=("atelier",))
    applied(small_study, vault, review, only=("atelier",))
    folder = small_study / "enterprises" / "atelier"
    text = (folder / "texts" / "fr-01-awa.txt").read_text(encoding="utf-8")
    quote = "Moi j'avais peur des papiers"
    start = text.index(quote)
    from vises_methods.study.rules.segments import quote_sha

    row = f"c9999,fr-01-awa,anna,VAL.EQU,{start},{start + len(quote)},{quote_sha(quote)},,mentioned,,1.0\n"
    with (folder / "codings.csv").open("a", encoding="utf-8") as file:
        file.write(row)
    workflow.restore(open_study(small_study), ["atelier"], key=vault / "key.json")
    case = open_enterprise(open_study(small_study), "atelier")
    coding = case.codings.set_index("coding").loc["c9999"]
    assert _words(case, coding) == quote
    assert check_study(small_study) == []
