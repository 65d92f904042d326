"""One look: bringing the leads that are kept to the checkpoint at which the views stand.

Looked at again is what was acted on since, what has a key or a procedure that changed, and what
the time alone may change; everything, where something around all of them changed, or where another
program looked before. The result is that of a walk over everything as of the same checkpoint.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Final

from domain.calendars import CalendarRecord
from domain.moments import Moment
from projections.findings.peers.running import PeerRun, find_among
from projections.findings.peers.shapes import NOTHING_OPENED, Population
from projections.leads.around import Around, around_of
from projections.leads.changes import LeadViews
from projections.leads.looking import look_at
from projections.leads.places import Section
from projections.leads.store import LeadStand, LeadStore, LeadWriter, StandOf
from projections.people.persons import Persons
from projections.reading import overdue_petition_leads, public_alarm_leads
from projections.stored.examining import CALENDAR_STREAM, Examiner
from projections.views import Position, Views

_DOSSIERS_AT_ONCE: Final = 500
Streams = tuple[set[str], set[str]]


def look_again(views: Views, store: LeadStore, *, anew: bool = False) -> LeadStand | None:
    """Bring the leads to the views' checkpoint, and give it; None before the first.

    Rules that compare are left to `compare_again`. Where the views stand before the leads, since
    they are being made again, nothing is done. With ``anew`` all is looked at, whatever is kept;
    whoever reads meanwhile sees what was kept before.

    Raises:
        StoreUnavailable: the views or the file of leads cannot be read or written.
    """
    with views.reading(sees_veiled=True) as reading, store.changing() as kept:
        reader = LeadViews(reading)
        position, stand = reader.position(), None if anew else kept.stand()
        if position is None:
            return None
        if stand is not None and _is_ahead(stand, position):
            return stand
        registry, persons = reader.registry()
        examiners = reader.examiners(registry, position)
        around = around_of(
            registry, persons, (each.around for each in examiners.values()), reader.rebuilds()
        )
        wanted = _wanted(reader, kept, stand, position, around)
        for is_veiled, streams in zip((False, True), wanted, strict=True):
            _look_at_each(kept, examiners[is_veiled], persons, streams, is_veiled=is_veiled)
        kept.keep_section(Section.PETITIONS, overdue_petition_leads(reader))
        kept.keep_section(Section.ALARMS, public_alarm_leads(reader))
        kept.keep_around(around.by_stream)
        moved = _stand_at(position, around.digest)
        kept.move_stand(StandOf.WALK, moved)
    return moved


def are_leads_kept(views: Views, beyond: int) -> bool:
    """Tell whether a ledger has more dossiers than that, veiled ones among them: so leads are kept.

    Raises:
        StoreUnavailable: the views cannot be read.
    """
    with views.reading(sees_veiled=True) as reader:
        return LeadViews(reader).has_more_dossiers_than(beyond)


def compare_again(views: Views, store: LeadStore) -> LeadStand | None:
    """Let the rules that compare run over what was observed, as of the leads' checkpoint.

    Gives that checkpoint; None where nobody looked yet.

    Raises:
        StoreUnavailable: the views or the file of leads cannot be read or written.
    """
    with store.reading() as kept:
        stand, observed = kept.stand(), tuple(kept.observed())
    if stand is None:
        return None
    with views.reading() as reader:
        record = reader.states((CALENDAR_STREAM,)).get(CALENDAR_STREAM)
    calendar = record.calendar if isinstance(record, CalendarRecord) and observed else None
    population = Population(
        observed=observed,
        as_of=Moment(instant=stand.sealed_at),
        root_hash=stand.root_hash,
        calendar=calendar,
        private=NOTHING_OPENED,
    )
    run = find_among(population)
    with store.changing() as writer:
        _keep_run(writer, stand, run)
    return stand


def _keep_run(writer: LeadWriter, stand: LeadStand, run: PeerRun) -> None:
    writer.keep_section(Section.PEERS, run.findings)
    writer.move_stand(StandOf.PEERS, stand, run)


def _is_ahead(stand: LeadStand, position: Position) -> bool:
    return stand.log_position > position.log_position


def _stand_at(position: Position, surroundings: bytes) -> LeadStand:
    return LeadStand(
        position.log_position,
        position.veiled_position,
        position.root_hash,
        position.sealed_at,
        surroundings,
    )


def _wanted(
    reader: LeadViews,
    kept: LeadWriter,
    stand: LeadStand | None,
    position: Position,
    around: Around,
) -> Streams:
    """Give the open and the veiled dossiers that must be looked at; forgets what is of no use."""
    if stand is None or not _continues(stand, position, around):
        kept.forget_everything()
        return reader.all_dossiers()
    keys, codes = around.changed_since(kept.around())
    versions = kept.veiled_versions()
    opened, veiled = reader.acted_on_since(stand.log_position, versions)
    for more in (reader.signed_by(keys), reader.of_procedures(codes)):
        opened, veiled = opened | more[0], veiled | more[1]
    watched = kept.watched()
    return opened | (watched - versions.keys()), veiled | (watched & versions.keys())


def _continues(stand: LeadStand, position: Position, around: Around) -> bool:
    is_another = (
        stand.log_position == position.log_position and stand.root_hash != position.root_hash
    )
    return stand.surroundings == around.digest and not is_another


def _look_at_each(
    kept: LeadWriter,
    examiner: Examiner,
    persons: Persons,
    streams: Collection[str],
    *,
    is_veiled: bool,
) -> None:
    for part in _parts(sorted(streams)):
        looked_at = [look_at(each, persons.person_of) for each in examiner.these(part)]
        kept.keep(looked_at, is_veiled=is_veiled)


def _parts(streams: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(streams)
    while part := list(islice(rest, _DOSSIERS_AT_ONCE)):
        yield part
