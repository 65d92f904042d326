"""The store of leads: reads of it, each as of one checkpoint, and what a look changes in it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Final

import msgspec
import sqlalchemy as sa
from msgspec import structs

from ledger.errors import StoreUnavailable
from projections.counts import CheckpointReference
from projections.findings import Finding
from projections.findings.peers.inputs.observing import Observed
from projections.findings.peers.running import PEER_RULES, PeerRun, RuleReport
from projections.leads.looking import LookedAt
from projections.leads.places import LeadPlace, PlacedLead, Section, placed
from projections.leads.program import program_digest
from projections.leads.tables import (
    around_table,
    examined_table,
    leads_table,
    metadata,
    open_leads_file,
    stand_table,
)
from projections.rule_book.book import rule_of
from transparency.encoding import (
    encode_base64,
    parse_utc_milliseconds,
    render_utc_milliseconds,
)

_encoder = msgspec.msgpack.Encoder()
_finding_decoder = msgspec.msgpack.Decoder(Finding)
_observed_decoder = msgspec.msgpack.Decoder(Observed)
_PLACE: Final = (leads_table.c.section, leads_table.c.sorting, leads_table.c.place)
_OF_DOSSIERS: Final = leads_table.c.section == Section.DOSSIERS.value


class StandOf(StrEnum):
    """Of which leads a stand tells."""

    WALK = "walk"
    PEERS = "peers"


class _Report(msgspec.Struct, frozen=True, array_like=True):
    """A report on a rule that compares, by the rule's place among them."""

    place: int
    examined: int
    hits: int
    by_chance: int
    silent: dict[str, int]
    measured: dict[str, tuple[int, int]]


_reports_decoder = msgspec.msgpack.Decoder(tuple[_Report, ...])


@dataclass(frozen=True, slots=True)
class LeadStand:
    """The checkpoint that leads are as of; ``surroundings`` hashes what lay around dossiers."""

    log_position: int
    veiled_position: int
    root_hash: bytes
    sealed_at: datetime
    surroundings: bytes

    @property
    def checkpoint(self) -> CheckpointReference:
        """Give the checkpoint as answers carry it."""
        return CheckpointReference(self.log_position, encode_base64(self.root_hash))

    @property
    def as_of(self) -> str:
        """Give the seal's time as answers carry it."""
        return render_utc_milliseconds(self.sealed_at)


@dataclass(frozen=True, slots=True)
class ChosenLeads:
    """Which leads are chosen; None leaves a member open.

    Of ``offices`` or about ``dossiers``: those, where they are named, beside ``office``.
    """

    rule: str | None = None
    office: str | None = None
    with_peers: bool = True
    offices: frozenset[str] | None = None
    dossiers: frozenset[str] = frozenset()


class LeadReader:
    """What is kept of leads, in one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def stand(self, of: StandOf = StandOf.WALK) -> LeadStand | None:
        """Give as of when leads are; None where this very program has not looked yet."""
        query = sa.select(stand_table).where(stand_table.c.of == of.value)
        row = self._connection.execute(query).one_or_none()
        if row is None or row.program != program_digest():
            return None
        at = parse_utc_milliseconds(row.sealed_at)
        return LeadStand(row.log_position, row.veiled_position, row.root_hash, at, row.surroundings)

    def leads(
        self, office: str | None = None, rule: str | None = None, *, with_peers: bool = True
    ) -> Iterator[Finding]:
        """Give the leads, of one office or rule where it is named, in the order of a walk."""
        leads = leads_table.c
        wanted = _wanted(ChosenLeads(rule, office, with_peers=with_peers))
        for section, is_veiled in product(Section, (False, True)):
            # Part by part the primary key gives the order: at most one dossier's are sorted.
            query = (
                sa.select(leads.finding)
                .where(leads.section == section.value, leads.is_veiled.is_(is_veiled), *wanted)
                .order_by(leads.sorting, leads.number)
            )
            yield from map(_read_finding, self._connection.scalars(query))

    def leads_after(
        self, place: LeadPlace | None, chosen: ChosenLeads, limit: int
    ) -> list[PlacedLead]:
        """Give the first ``limit`` leads behind a place, in order."""
        leads = leads_table.c
        wanted = _wanted(chosen)
        if place is not None:
            wanted.append(sa.tuple_(*_PLACE) > sa.tuple_(*map(sa.literal, place)))
        # An index has all of a place: what is not of this page is not read whole.
        page = sa.select(*_PLACE).where(*wanted).order_by(*_PLACE).limit(limit).subquery()
        on = sa.and_(*(column == page.c[column.name] for column in _PLACE))
        query = sa.select(*_PLACE, leads.finding).join(page, on).order_by(*_PLACE)
        return [
            PlacedLead(LeadPlace(*row[:3]), _read_finding(row[3]))
            for row in self._connection.execute(query)
        ]

    def leads_sorted_by(self, sortings: Iterable[str], chosen: ChosenLeads) -> list[Finding]:
        """Give the leads that sort by one of these (`places.sorting_of`), in any section."""
        leads = leads_table.c
        query = sa.select(leads.finding).where(
            # The sections by name: so the primary key finds each.
            leads.section.in_([section.value for section in Section]),
            leads.sorting.in_(_listed(sortings)),
            *_wanted(chosen),
        )
        return list(map(_read_finding, self._connection.scalars(query)))

    def marked_by_office(self, rule: str) -> Counter[str]:
        """Count the dossiers of each office that a rule marks, other than by comparing."""
        leads = leads_table.c
        query = (
            sa.select(leads.office, sa.func.count(leads.sorting.distinct()))
            .where(leads.rule == rule, _OF_DOSSIERS)
            .group_by(leads.office)
        )
        return Counter({row[0]: row[1] for row in self._connection.execute(query)})

    def marked_among(self, rule: str, dossiers: Iterable[str]) -> dict[str, str]:
        """Give those of some dossiers that a rule marks, each with its office."""
        leads = leads_table.c
        query = sa.select(leads.sorting, leads.office).where(
            _OF_DOSSIERS,
            leads.sorting.in_(_listed(dossiers)),
            leads.rule == rule,
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def peer_run(self) -> PeerRun | None:
        """Give what rules that compare gave last, without the findings; None if they never ran."""
        query = sa.select(stand_table.c.reports).where(stand_table.c.of == StandOf.PEERS.value)
        if self.stand(StandOf.PEERS) is None:
            return None
        reports = _reports_decoder.decode(self._connection.execute(query).scalar_one())
        return PeerRun((), tuple(map(_read_report, reports)))

    def dossiers_by_office(self, office: str | None = None) -> Counter[str]:
        """Give how many dossiers of each office were looked at, or of one."""
        examined = examined_table.c
        query = sa.select(examined.office, sa.func.count()).group_by(examined.office)
        if office is not None:
            query = query.where(examined.office == office)
        return Counter({row[0]: row[1] for row in self._connection.execute(query)})

    def watched(self) -> set[str]:
        """Give the dossiers whose verdict rests on the time."""
        examined = examined_table.c
        query = sa.select(examined.stream).where(examined.is_watched.is_(True))
        return set(self._connection.scalars(query))

    def veiled_versions(self) -> dict[str, int]:
        """Give up to which version each veiled dossier was looked at."""
        examined = examined_table.c
        query = sa.select(examined.stream, examined.last_version).where(examined.is_veiled)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def around(self) -> dict[str, bytes]:
        """Give the hashes of keys and procedures, by stream."""
        rows = self._connection.execute(sa.select(around_table))
        return {row.stream: row.digest for row in rows}

    def observed(self) -> Iterator[Observed]:
        """Give what is compared of every dossier, open ones first, each by stream."""
        examined = examined_table.c
        query = sa.select(examined.observed).order_by(examined.is_veiled, examined.stream)
        return map(_observed_decoder.decode, self._connection.scalars(query))


class LeadWriter(LeadReader):
    """What a look changes, within one transaction."""

    def forget_everything(self) -> None:
        """Begin anew."""
        for table in metadata.sorted_tables:
            self._connection.execute(sa.delete(table))

    def keep(self, looked_at: Sequence[LookedAt], *, is_veiled: bool) -> None:
        """Put what rules gave on some dossiers in the place of what they gave before."""
        names = [{"gone": each.stream} for each in looked_at]
        if not names:
            return
        examined, leads = examined_table, leads_table.c
        gone = sa.bindparam("gone", type_=sa.String)
        self._connection.execute(
            sa.delete(leads_table).where(_OF_DOSSIERS, leads.sorting == gone),
            names,
        )
        self._connection.execute(sa.delete(examined).where(examined.c.stream == gone), names)
        self._connection.execute(
            sa.insert(examined), [_row_of(each, is_veiled=is_veiled) for each in looked_at]
        )
        self._insert(
            _lead_row(lead, number, is_veiled=is_veiled)
            for each in looked_at
            for number, lead in enumerate(placed(Section.DOSSIERS, each.findings))
        )

    def keep_section(self, section: Section, findings: Iterable[Finding]) -> None:
        """Put a list in the place of a whole section."""
        gone = leads_table.c.section == section.value
        self._connection.execute(sa.delete(leads_table).where(gone))
        self._insert(_lead_row(lead, at) for at, lead in enumerate(placed(section, findings)))

    def keep_around(self, by_stream: Mapping[str, bytes]) -> None:
        """Keep the hashes of keys and procedures."""
        self._connection.execute(sa.delete(around_table))
        rows = [{"stream": stream, "digest": digest} for stream, digest in by_stream.items()]
        if rows:
            self._connection.execute(sa.insert(around_table), rows)

    def move_stand(self, of: StandOf, stand: LeadStand, run: PeerRun | None = None) -> None:
        """Say as of when leads are now; ``run`` is what rules that compare reported."""
        self._connection.execute(sa.delete(stand_table).where(stand_table.c.of == of.value))
        reports = () if run is None else tuple(map(_report_of, run.reports))
        self._connection.execute(
            sa.insert(stand_table).values(
                of=of.value,
                log_position=stand.log_position,
                veiled_position=stand.veiled_position,
                root_hash=stand.root_hash,
                sealed_at=render_utc_milliseconds(stand.sealed_at),
                program=program_digest(),
                surroundings=stand.surroundings,
                reports=_encoder.encode(reports),
            )
        )

    def _insert(self, rows: Iterable[dict[str, object]]) -> None:
        listed = list(rows)
        if listed:
            self._connection.execute(sa.insert(leads_table), listed)


class LeadStore:
    """The file of leads of one ledger: one process keeps it, anyone reads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine: sa.Engine | None = None

    @contextmanager
    def reading(self) -> Iterator[LeadReader]:
        """Give what is kept, as of one checkpoint.

        Raises:
            StoreUnavailable: it cannot be read.
        """
        with self._transaction() as connection:
            yield LeadReader(connection)

    @contextmanager
    def changing(self) -> Iterator[LeadWriter]:
        """Change what is kept: all of it or nothing.

        Raises:
            StoreUnavailable: it cannot be written, or another process changes it.
        """
        with self._transaction() as connection:
            # The write lock first: two that looked at once would each keep half.
            connection.execute(sa.delete(stand_table).where(sa.false()))
            yield LeadWriter(connection)

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        if self._engine is None:
            self._engine = open_leads_file(self._path)
        try:
            with self._engine.begin() as connection:
                yield connection
        except (sa.exc.SQLAlchemyError, msgspec.MsgspecError) as error:
            raise StoreUnavailable(f"the file of leads failed: {error}") from error

    def close(self) -> None:
        """Give back the connections."""
        if self._engine is not None:
            self._engine.dispose()


def _row_of(looked_at: LookedAt, *, is_veiled: bool) -> dict[str, object]:
    return {
        "stream": looked_at.stream,
        "office": looked_at.office,
        "is_veiled": is_veiled,
        "is_watched": looked_at.is_watched,
        "last_version": looked_at.last_version,
        "observed": _encoder.encode(looked_at.observed),
    }


def _lead_row(lead: PlacedLead, number: int, *, is_veiled: bool = False) -> dict[str, object]:
    # What may innocently explain a lead stands with its rule, and would be most of each row.
    short = structs.replace(lead.finding, innocent_explanations=())
    return {
        **lead.place._asdict(),
        "number": number,
        "is_veiled": is_veiled,
        "office": lead.finding.office,
        "rule": lead.finding.rule,
        "finding": _encoder.encode(short),
    }


def _wanted(chosen: ChosenLeads) -> list[sa.ColumnElement[bool]]:
    leads = leads_table.c
    wanted: list[sa.ColumnElement[bool]] = []
    if chosen.office is not None:
        wanted.append(leads.office == chosen.office)
    if chosen.rule is not None:
        wanted.append(leads.rule == chosen.rule)
    if not chosen.with_peers:
        wanted.append(leads.section != Section.PEERS.value)
    if chosen.offices is not None:
        of_offices = leads.office.in_(_listed(chosen.offices))
        about = leads.sorting.in_(_listed(chosen.dossiers))
        wanted.append(sa.or_(of_offices, about) if chosen.dossiers else of_offices)
    return wanted


def _listed(names: Iterable[str]) -> sa.Select[tuple[str]]:
    """Give names as a table: one parameter, however many there are."""
    listed = sa.func.json_each(msgspec.json.encode(sorted(names)).decode())
    return sa.select(listed.table_valued("value").c.value)


def _read_finding(row: bytes) -> Finding:
    finding = _finding_decoder.decode(row)
    rule = rule_of(finding)
    assert rule is not None
    return structs.replace(finding, innocent_explanations=rule.innocent_explanations)


def _report_of(report: RuleReport) -> _Report:
    return _Report(
        PEER_RULES.index(report.rule),
        report.examined,
        report.hits,
        report.by_chance,
        dict(report.silent),
        dict(report.measured),
    )


def _read_report(kept: _Report) -> RuleReport:
    rule = PEER_RULES[kept.place]
    return RuleReport(
        rule, kept.examined, kept.hits, kept.by_chance, kept.silent, dict(kept.measured)
    )
