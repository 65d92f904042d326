"""From the portal's page of a procedure to our document: what stands where, and what is unsure.

The name has no English in the source: the document repeats the Vietnamese one and says so. What
the source does not say (pauses, supplements, intake) stays at the document's defaults, tagged as
unverified; the sensitivity that the field suggests is tagged as ours.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from domain.facts import Channel
from domain.offices import BilingualName, Level
from domain.procedures import (
    ChannelFees,
    ChannelLimits,
    ComponentCase,
    FactTag,
    Fee,
    Limit,
    LimitUnit,
    Procedure,
    Provenance,
    RequiredComponent,
    SourceTexts,
)
from domain.procedures.fee_texts import FeeReading, read_fee
from domain.procedures.limit_texts import LimitReading, StatedLimit, read_limit
from domain.procedures.sensitive_fields import likely_sensitivity
from ledger.catalogue.portal import PortalBasis, PortalPaper, PortalProcedure, PortalWay, said
from ledger.catalogue.readings import (
    FIRST_VERSION,
    MalformedCatalogue,
    ReadProcedure,
    Warned,
    checked,
    warn_of,
)

MAX_NAME_CHARACTERS: Final = 500
ONLY_CASE: Final = "01"
CHANNELS: Final = {
    "trực tiếp": Channel.COUNTER,
    "trực tuyến": Channel.ONLINE,
    "dịch vụ bưu chính": Channel.POST,
}
LEVELS: Final = {
    "cấp bộ": Level.CENTRAL,
    "cấp tỉnh": Level.PROVINCE,
    "cấp huyện": Level.LEGACY_DISTRICT,
    "cấp xã": Level.COMMUNE,
}
# Members that the portal's page does not state.
NOT_STATED: Final = (
    "supplement_policy",
    "max_supplements",
    "acceptance_limits",
    "pause_in_payment",
    "pause_in_consultation",
    "pause_in_site_survey",
    "pause_in_outage",
)
STATED: Final = ("name", "level", "field", "limit", "channel_limits", "channel_fees", "cases")
_CODE: Final = re.compile(
    r"[0-9]\.[0-9]{6}(?:\.[0-9]{2})?(?:\.[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2})?"
)
_COPIES: Final = re.compile(r"Bản chính: ([0-9]{1,3})\s+Bản sao: ([0-9]{1,3})")
_CASE_HEADING: Final = re.compile(r"(?:[0-9.]+\s*)?trường hợp [0-9]+\s*:")


def read_page(page: PortalProcedure) -> ReadProcedure:
    """Make our document of a procedure's page.

    Raises:
        MalformedCatalogue: no code, name or level that we know, or a member over its bound.
    """
    if _CODE.fullmatch(page.code) is None:
        raise MalformedCatalogue(f"{page.code!r} is no code of a procedure")
    if said(page.metadata.name) is None:
        raise MalformedCatalogue(f"{page.code}: no name")
    levels = _levels(page)
    ways = _by_channel(page.tables.ways)
    limits = {channel: read_limit(_stated(rows)) for channel, rows in ways.items()}
    fees = {channel: read_fee([row.fee for row in rows]) for channel, rows in ways.items()}
    procedure = _document(page, levels, limits, fees)
    parsed = sum(reading.is_parsed for reading in limits.values())
    return checked(
        procedure,
        _warnings(page, limits, fees),
        limits_parsed=parsed,
        limits_prose=len(limits) - parsed,
    )


def _document(
    page: PortalProcedure,
    levels: tuple[Level, ...],
    limits: dict[Channel, LimitReading],
    fees: dict[Channel, FeeReading],
) -> Procedure:
    metadata = page.metadata
    common_limit, channel_limits = _limits(limits)
    common_fee, channel_fees = _fees(fees)
    sensitivity = likely_sensitivity(metadata.field)
    return Procedure(
        code=page.code,
        version=FIRST_VERSION,
        name=_name(metadata.name),
        name_untranslated=True,
        level=levels[0],
        levels=levels if len(levels) > 1 else (),
        field=said(metadata.field),
        limit=common_limit,
        channels=tuple(limits),
        channel_limits=channel_limits,
        fee_vnd=common_fee,
        channel_fees=channel_fees,
        cases=_cases(page.tables.papers),
        legal_basis=tuple(filter(None, map(_basis, page.tables.legal_basis))),
        law=said(metadata.decision),
        keywords=_keywords(page.content.keywords),
        sensitivity=sensitivity,
        provenance=_provenance(page, is_sensitive=sensitivity is not None),
        texts=_texts(page),
    )


def _levels(page: PortalProcedure) -> tuple[Level, ...]:
    named = (part.strip().casefold() for part in page.metadata.levels.split(","))
    levels = tuple(dict.fromkeys(LEVELS[name] for name in named if name in LEVELS))
    if not levels:
        raise MalformedCatalogue(f"{page.code}: no level in {page.metadata.levels!r}")
    return levels


def _name(text: str) -> BilingualName:
    name = text.strip()
    if len(name) > MAX_NAME_CHARACTERS:
        # The whole name stands in the texts, and a warning says so.
        name = f"{name[: MAX_NAME_CHARACTERS - 1]}…"
    return BilingualName(vi=name, en=name)


def _by_channel(ways: Iterable[PortalWay]) -> dict[Channel, list[PortalWay]]:
    found: dict[Channel, list[PortalWay]] = {}
    for way in ways:
        channel = CHANNELS.get(way.channel.strip().casefold())
        if channel is None:
            raise MalformedCatalogue(f"{way.channel!r} is no way of handing in that we know")
        found.setdefault(channel, []).append(way)
    return found


def _stated(rows: Iterable[PortalWay]) -> list[StatedLimit]:
    return [StatedLimit(row.limit, row.description) for row in rows]


def _limits(limits: dict[Channel, LimitReading]) -> tuple[Limit, ChannelLimits]:
    """Give the limit of all channels, and each channel's own where they are not the same."""
    values = {(reading.limit.unit, reading.limit.amount) for reading in limits.values()}
    by_channel = {channel.value: reading.limit for channel, reading in limits.items()}
    if len(values) == 1 and len({limit.prose for limit in by_channel.values()}) == 1:
        return next(iter(by_channel.values())), ChannelLimits()
    if len(values) == 1:
        ((unit, amount),) = values
        return Limit(unit=unit, amount=amount), ChannelLimits(**by_channel)
    return Limit(unit=LimitUnit.UNKNOWN), ChannelLimits(**by_channel)


def _fees(fees: dict[Channel, FeeReading]) -> tuple[int | None, ChannelFees]:
    by_channel = {channel.value: reading.fee for channel, reading in fees.items()}
    amounts = {fee.amount_vnd for fee in by_channel.values()}
    common = amounts.pop() if len(amounts) == 1 else None
    stated = {channel: fee for channel, fee in by_channel.items() if fee != Fee()}
    return common, ChannelFees(**stated)


def _cases(papers: Iterable[PortalPaper]) -> tuple[ComponentCase, ...]:
    components = tuple(_component(number, paper) for number, paper in enumerate(papers, start=1))
    return (ComponentCase(code=ONLY_CASE, components=components),) if components else ()


def _component(number: int, paper: PortalPaper) -> RequiredComponent:
    # The page gives papers no codes: ours are their places in the list of this version.
    copies = _COPIES.fullmatch(paper.note.strip())
    return RequiredComponent(
        code=f"TP{number:02d}",
        name=paper.name.strip(),
        originals=None if copies is None else int(copies[1]),
        copies=None if copies is None else int(copies[2]),
        form=said(paper.forms),
        note=said(paper.note) if copies is None else None,
    )


def _basis(row: PortalBasis) -> str:
    parts = (said(part) for part in (row.number, row.title, row.issued_on, row.issued_by))
    return "; ".join(part for part in parts if part)


def _keywords(text: str) -> tuple[str, ...]:
    words = (word.strip() for word in re.split(r"[;,\n]", said(text) or ""))
    return tuple(dict.fromkeys(word for word in words if word))


def _provenance(page: PortalProcedure, *, is_sensitive: bool) -> tuple[Provenance, ...]:
    source = page.source_file or page.code
    ours = (Provenance(tag=FactTag.DESIGN, members=("sensitivity",)),) if is_sensitive else ()
    return (
        Provenance(tag=FactTag.SOURCE, members=STATED, source=source),
        *ours,
        Provenance(tag=FactTag.UNVERIFIED, members=NOT_STATED),
    )


def _texts(page: PortalProcedure) -> SourceTexts:
    metadata, content = page.metadata, page.content
    whole = metadata.name.strip()
    return SourceTexts(
        name=whole if len(whole) > MAX_NAME_CHARACTERS else None,
        decision=said(metadata.decision),
        kind=said(metadata.kind),
        levels=said(metadata.levels),
        steps=said(content.steps),
        ways=said(content.ways),
        subjects=said(content.subjects),
        executing_office=said(content.executing_office),
        competent_office=said(content.competent_office),
        authorised_office=said(content.authorised_office),
        coordinating_office=said(content.coordinating_office),
        receiving_address=said(content.receiving_address),
        result=said(content.result),
        conditions=said(content.conditions),
        description=said(content.description),
    )


def _warnings(
    page: PortalProcedure,
    limits: dict[Channel, LimitReading],
    fees: dict[Channel, FeeReading],
) -> Iterator[Warned]:
    code = page.code
    yield from _metadata_warnings(page)
    if not limits:
        yield Warned("no_channel", code, "channels")
    for channel, limit in limits.items():
        yield from warn_of(code, f"limit.{channel}", limit.doubt, limit.limit.prose)
    for channel, fee in fees.items():
        yield from warn_of(code, f"fee.{channel}", fee.doubt, fee.fee.prose)
    for number, paper in enumerate(page.tables.papers, start=1):
        if _CASE_HEADING.match(paper.name.strip().casefold()):
            yield Warned("component_may_be_a_case", code, f"cases.TP{number:02d}", paper.name)


def _metadata_warnings(page: PortalProcedure) -> Iterator[Warned]:
    name = page.metadata.name.strip()
    if len(name) > MAX_NAME_CHARACTERS:
        yield Warned("name_shortened", page.code, "name", name)
    for part in page.metadata.levels.split(","):
        if part.strip().casefold() not in LEVELS:
            yield Warned("level_unknown", page.code, "levels", part.strip())
