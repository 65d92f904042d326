"""One version of a procedure as its public document states it, and the registry's record of all.

Every member but code, version, name, level and limit may be absent.
"""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from domain.errors import MalformedDocument
from domain.facts import Channel
from domain.facts.shapes import AmountVnd, Code
from domain.offices import BilingualName, ClockText, Document, Level, decode_document
from domain.procedures.contents import (
    ComponentCase,
    InternalStep,
    Provenance,
    RequiredComponent,
    Service,
    ServiceLevel,
    ShortText,
    SlipTypes,
    SourceTexts,
)
from domain.procedures.limits import (
    AcceptanceLimits,
    ChannelFees,
    ChannelLimits,
    DocumentText,
    Fee,
    Limit,
    LimitUnit,
    SupplementPolicy,
)
from domain.procedures.profiles import (
    Publication,
    PublicationProfile,
    Sensitivity,
    default_publication,
)

Years = Annotated[int, Meta(ge=0, le=1_000)]


class Procedure(Document, frozen=True, kw_only=True):
    """One version of a procedure.

    `counter_decides`: the decision is delegated to the counter, so that one person may accept and
    approve (LAW: Decree 61/2018 art. 17.5). `next_day_after`: what is accepted later in the day
    counts from the next working day. `limit` and `fee_vnd` hold for each channel without its own.
    `levels`: where offices of more than one level carry it out. `name_untranslated`: the English
    name repeats the Vietnamese one.
    """

    code: Code
    version: Annotated[int, Meta(ge=1, le=1_000_000)]
    name: BilingualName
    level: Level
    limit: Limit
    field: DocumentText | None = None
    # LAW: Decree 61/2018 art. 19.4: the limit is counted anew once the full dossier is received.
    supplement_policy: SupplementPolicy = SupplementPolicy.RESTART
    max_supplements: Annotated[int, Meta(ge=0, le=100)] | None = None
    supplement_wait: Limit | None = None
    acceptance_limits: AcceptanceLimits = AcceptanceLimits()
    next_day_after: ClockText | None = None
    pause_in_payment: bool = False
    counter_decides: bool = False
    fee_vnd: AmountVnd | None = None
    legal_basis: Annotated[tuple[DocumentText, ...], Meta(max_length=100)] = ()
    law: DocumentText | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    pause_in_consultation: bool = False
    pause_in_site_survey: bool = False
    pause_in_outage: bool = False
    return_limit: Limit | None = None
    channels: Annotated[tuple[Channel, ...], Meta(max_length=3)] = ()
    channel_limits: ChannelLimits = ChannelLimits()
    channel_fees: ChannelFees = ChannelFees()
    steps: Annotated[tuple[InternalStep, ...], Meta(max_length=100)] = ()
    cases: Annotated[tuple[ComponentCase, ...], Meta(max_length=100)] = ()
    retention_years: Years | None = None
    retention: DocumentText | None = None
    sensitivity: Sensitivity | None = None
    publication: PublicationProfile = PublicationProfile()
    service_level: ServiceLevel | None = None
    levels: Annotated[tuple[Level, ...], Meta(max_length=10)] = ()
    field_code: Code | None = None
    life_events: Annotated[tuple[ShortText, ...], Meta(max_length=100)] = ()
    keywords: Annotated[tuple[ShortText, ...], Meta(max_length=100)] = ()
    slips: SlipTypes = SlipTypes()
    provenance: Annotated[tuple[Provenance, ...], Meta(max_length=100)] = ()
    texts: SourceTexts = SourceTexts()
    name_untranslated: bool = False

    def in_force_on(self, day: date) -> bool:
        """Tell whether the version holds on that day; without dates it always does."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def limit_for(self, channel: Channel | None) -> Limit:
        """Give the time limit of what came by that channel."""
        return self.channel_limits.of(channel) or self.limit

    def fee_for(self, channel: Channel | None) -> Fee:
        """Give the fee of what comes by that channel."""
        return self.channel_fees.of(channel) or Fee(amount_vnd=self.fee_vnd)

    def publication_at(self, level: Level) -> Publication:
        """Tell whether entries of an office of that level are open or veiled."""
        return self.publication.of(level) or default_publication(self.sensitivity)

    def office_levels(self) -> tuple[Level, ...]:
        """Give every level whose offices carry the procedure out."""
        return self.levels or (self.level,)

    def components_of(self, case_code: str | None = None) -> tuple[RequiredComponent, ...]:
        """Give the closed list of papers of one case, or of all cases."""
        return tuple(
            component
            for case in self.cases
            if case_code in (None, case.code)
            for component in case.components
        )


class ProcedureRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="procedure"):
    """What the registry holds of a procedure: its versions, oldest first, and their documents.

    `owner` is the office that published the first version; later ones are its, or above it.
    """

    code: str
    versions: tuple[Procedure, ...]
    documents: tuple[str, ...]
    owner: str | None = None

    def version_in_force(self, day: date) -> Procedure | None:
        """Give the newest version that holds on that day."""
        for procedure in reversed(self.versions):
            if procedure.in_force_on(day):
                return procedure
        return None

    def version(self, procedure_version: int | None) -> Procedure | None:
        """Give the version of that number."""
        for procedure in self.versions:
            if procedure.version == procedure_version:
                return procedure
        return None


_PROCEDURE_DECODER: Final = msgspec.json.Decoder(Procedure)


def parse_procedure(document: bytes) -> Procedure:
    """Read one version of a procedure.

    Raises:
        MalformedDocument: another shape, a limit without its amount, a code that stands twice, or
            a partial service without its reason.
    """
    procedure = decode_document(document, _PROCEDURE_DECODER)
    for limit in _limits(procedure):
        if limit.unit is not LimitUnit.UNKNOWN and limit.amount is None:
            raise MalformedDocument(f"amount: a limit in {limit.unit.value} needs one")
    _check_codes(procedure)
    level = procedure.service_level
    if level is not None and level.service is Service.PARTIAL and not level.reason:
        raise MalformedDocument("service_level.reason: a partial service needs one")
    return procedure


def _limits(procedure: Procedure) -> Iterator[Limit]:
    by_channel = (procedure.acceptance_limits, procedure.channel_limits)
    declared = (
        procedure.limit,
        procedure.supplement_wait,
        procedure.return_limit,
        *(limits.of(channel) for limits in by_channel for channel in Channel),
    )
    return (limit for limit in declared if limit is not None)


def _check_codes(procedure: Procedure) -> None:
    """Hold that a code names one case, one paper within its case, and one internal step."""
    lists = [
        [case.code for case in procedure.cases],
        *([paper.code for paper in case.components] for case in procedure.cases),
    ]
    if any(len(set(codes)) != len(codes) for codes in lists):
        raise MalformedDocument("cases: a code stands twice in one list")
    steps = [step.code for step in procedure.steps if step.code is not None]
    if len(set(steps)) != len(steps):
        raise MalformedDocument("steps")
