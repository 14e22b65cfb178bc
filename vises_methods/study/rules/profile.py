"""Who the enterprise is: country, region and scheme fit together; stakeholder groups are those of the codebook."""

from __future__ import annotations

from collections.abc import Iterator

from vises_methods.errors import Problem
from vises_methods.study.models import COUNTRY_OF_REGION, SCHEMES
from vises_methods.study.rules.context import Context


def problems(context: Context) -> Iterator[Problem]:
    """Check the profile and the map of stakeholders."""
    yield from _place(context)
    yield from _languages(context)
    yield from _accompaniment(context)
    groups = context.reference.stakeholder_groups
    yield from context.unknown_cells("stakeholders", "group", groups, context.reference.codebook_file)


def _place(context: Context) -> Iterator[Problem]:
    profile = context.folder.yaml("profile").content
    if profile is None:
        return
    folder = context.folder.path.name
    if profile["id"] != folder:
        yield context.key("folder_differs", "profile", ("id",), value=profile["id"], name=folder)
    region, country, scheme = profile["region"], profile["country"], profile["scheme"]
    if COUNTRY_OF_REGION[region] != country:
        fitting = [name for name, land in COUNTRY_OF_REGION.items() if land == country]
        yield context.key("region_and_country", "profile", ("region",), value=region, country=country, allowed=fitting)
    elif scheme is not None and scheme not in SCHEMES[region]:
        allowed = list(SCHEMES[region])
        yield context.key("scheme_and_region", "profile", ("scheme",), value=scheme, region=region, allowed=allowed)
    lands = {commune["country"] for commune in profile["territory"]["communes"]}
    if len(lands) > 1 and not profile["territory"]["cross_border"]:
        yield context.key(
            "cross_border", "profile", ("territory", "cross_border"), value="false", allowed=sorted(lands)
        )


def _languages(context: Context) -> Iterator[Problem]:
    profile = context.folder.yaml("profile").content
    for i, language in enumerate(profile["languages"] if profile else []):
        if language not in context.languages:
            allowed = list(context.languages)
            yield context.key("language_of_study", "profile", ("languages", i), value=language, allowed=allowed)


def _accompaniment(context: Context) -> Iterator[Problem]:
    profile = context.folder.yaml("profile").content
    if profile is None:
        return
    started, ended = profile["accompaniment"]["started"], profile["accompaniment"]["ended"]
    path = ("accompaniment", "ended")
    if started and context.implausible(started):
        yield context.key("implausible_date", "profile", ("accompaniment", "started"), **context.limits(started))
    elif started and ended and ended < started:
        yield context.key("ends_before", "profile", path, value=ended.isoformat(), first=started.isoformat())
