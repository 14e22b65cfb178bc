"""Sentences on coded interviews: agreement, patterns, silence, negative evidence, saturation."""

from __future__ import annotations

import pandas as pd

from vises_methods.catalogue import text
from vises_methods.language.tables import in_words
from vises_methods.language.words.enumeration import first_of
from vises_methods.qualitative.confidentiality import SMALL_CELL, SMALL_GROUP
from vises_methods.results import Result

GOOD, TENTATIVE = 0.8, 0.667
MOST_NAMED = 6
AGREEMENT_COLUMNS = {
    "subject": "code",
    "estimate": "agreement",
    "low": "low",
    "high": "high",
    "prevalence": "prevalence",
    "bias": "bias",
    "positive_agreement": "positive_agreement",
    "n": "n_units",
}
AGREEMENT_FORMATS = {
    "estimate": ".2f",
    "low": ".2f",
    "high": ".2f",
    "prevalence": ".1%",
    "bias": ".1%",
    "positive_agreement": ".0%",
}
UNSETTLED_COLUMNS = {"code": "code", "reference": "place", "given_by": "given_by", "not_given_by": "not_given_by"}


def agreement(result: Result, lang: str) -> list[str]:
    """Say on how many codes coders agree well, tentatively or poorly, and which cannot be judged."""
    known = result.estimates.dropna(subset=["estimate"]).to_dict("records")
    if not known:
        return [text("words.agreement.none", lang)]
    poor = [result.label(row["subject"], lang) for row in known if row["estimate"] < TENTATIVE]
    counted = {
        "good": sum(row["estimate"] >= GOOD for row in known),
        "tentative": sum(TENTATIVE <= row["estimate"] < GOOD for row in known),
        "poor": len(poor),
    }
    said = [text("words.agreement.counts", lang, codes=len(known), documents=int(known[0]["documents"]), **counted)]
    if poor:
        said.append(text("words.agreement.poor", lang, codes=first_of(poor, lang, most=MOST_NAMED)))
    return said


def coder_continuum(result: Result, lang: str) -> list[str]:
    """Say how far the limits of passages coincide in one document, and on which codes they do least."""
    rows = result.estimates[result.estimates["measure"] == "unitizing_alpha"].dropna(subset=["estimate"])
    document = result.details["document"]["title"].iloc[0]
    if rows.empty or rows["subject"].iloc[0] != "units":
        return [text("words.continuum.none", lang, document=document)]
    said = [text("words.continuum.alpha", lang, document=document, alpha=rows["estimate"].iloc[0])]
    apart = rows[(rows["subject"] != "units") & (rows["estimate"] < TENTATIVE) & (rows["n"] > 1)]
    names = [result.label(code, lang) for code in apart.sort_values(["estimate", "subject"])["subject"]]
    if names:
        said.append(text("words.continuum.apart", lang, codes=first_of(names, lang, most=MOST_NAMED)))
    return said


def code_by_case(result: Result, lang: str) -> list[str]:
    """Say what every group speaks of, and which codes only one group raises."""
    told = result.estimates[result.estimates["reason"] != SMALL_GROUP]
    rows, groups = told[told["segments"] > 0], told["group"].nunique()
    heard = rows.groupby("code")["group"].nunique()
    everywhere = [result.label(code, lang) for code in heard[heard == groups].index]
    unsure = set(told.loc[told["reason"] == SMALL_CELL, "code"])
    alone = rows[rows["code"].isin(heard[heard == 1].index.difference(list(unsure)))]
    before = _withheld(result, lang)
    if groups == 1:
        only = in_words(told["group"].iloc[0], lang, result)
        return [*before, text("words.patterns.one_group", lang, codes=len(heard), group=only)]
    said = [*before, text("words.patterns.codes", lang, codes=len(heard), groups=groups)]
    if everywhere:
        said.append(text("words.patterns.everywhere", lang, codes=first_of(everywhere, lang, most=MOST_NAMED)))
    return [*said, *_by_group("words.patterns.alone", alone, result, lang)]


def _withheld(result: Result, lang: str) -> list[str]:
    """Say of which groups nothing is told, and how many cells are withheld, before anything is said of the others."""
    rows = result.estimates
    groups = sorted(rows.loc[rows["reason"] == SMALL_GROUP, "group"].unique())
    cells = int((rows["reason"] == SMALL_CELL).sum())
    said = []
    if groups:
        names = [in_words(group, lang, result) for group in groups]
        said.append(text("words.patterns.closed_groups", lang, groups=names))
    if cells:
        said.append(text("words.patterns.closed_cells", lang, count=cells))
    return said


def silence(result: Result, lang: str) -> list[str]:
    """Say which codes a group never mentions though most others do; a withheld cell is not silence."""
    rows = result.estimates[result.estimates["reason"] != SMALL_GROUP]
    heard = rows[rows["segments"] > 0].groupby("code")["group"].nunique()
    common = set(heard[heard >= max(2, rows["group"].nunique() - 1)].index)
    quiet = result.details["silence"]
    quiet = quiet[quiet["code"].isin(common)]
    if quiet.empty:
        return [text("words.silence.none", lang)]
    return _by_group("words.silence.group", quiet, result, lang)


def _by_group(key: str, rows: pd.DataFrame, result: Result, lang: str) -> list[str]:
    """Say one sentence for each group, with the names of its codes."""
    said = []
    for group, together in rows.groupby("group", sort=True):
        named = first_of([result.label(code, lang) for code in together["code"]], lang, most=MOST_NAMED)
        said.append(text(key, lang, group=in_words(group, lang, result), codes=named))
    return said


def negative_evidence(result: Result, lang: str) -> list[str]:
    """Say how many segments tell of something bad or mixed, and under which codes they gather."""
    rows = result.estimates.dropna(subset=["estimate"])
    against = rows[rows["estimate"] > 0].sort_values(["estimate", "subject"], ascending=[False, True])
    if against.empty:
        return [text("words.negative.none", lang, judged=int(rows["n"].sum()))]
    names = [
        text("words.negative.code", lang, code=result.label(row["subject"], lang), count=int(row["estimate"]))
        for row in against.to_dict("records")
    ]
    total = int(against["estimate"].sum())
    return [
        text(
            "words.negative.counts",
            lang,
            count=total,
            judged=int(rows["n"].sum()),
            codes=first_of(names, lang, most=MOST_NAMED),
        )
    ]


def cooccurrence(result: Result, lang: str) -> list[str]:
    """Say how many pairs of codes meet on the same words."""
    met = result.estimates[result.estimates["estimate"] > 0]
    once = int((met["documents"] == 1).sum())
    return [text("words.cooccurrence", lang, pairs=len(met), once=once)]


def saturation(result: Result, lang: str) -> list[str]:
    """Say how many codes were seen and how many a further interview may bring."""
    rows = {row["measure"]: row for row in result.estimates.to_dict("records")}
    said = [
        text(
            "words.saturation.seen",
            lang,
            interviews=int(rows["observed_codes"]["n"]),
            codes=rows["observed_codes"]["estimate"],
            new=rows["new_codes_next"]["estimate"],
        )
    ]
    unseen = rows["unseen_codes"]
    if unseen["estimate"] == unseen["estimate"] and unseen["low"] == unseen["low"]:
        values = {"unseen": unseen["estimate"], "low": unseen["low"], "high": unseen["high"]}
        said.append(text("words.saturation.unseen", lang, **values))
    return said
