"""Queue overtakes: dossiers done before those accepted a day or more earlier, as R12 counts them.

A queue is the dossiers of one office, procedure and version of it; the public data do not say
whose desk they lay on. Overtaken is a dossier accepted at least the lead before, that never rested,
and was still open when the later one was done. Only instants are compared, never days.
"""

from typing import Final

import ibis

from domain.errors import Sentence
from projections.analytics.expressions.shapes import Figure, Table, Tables, Value
from projections.analytics.names import FigureName
from projections.findings.peers.shapes import Numbers
from projections.opendata.rows.dossiers import DOSSIERS

_NUMBERS: Final = Numbers()
_QUEUE: Final = ("office", "procedure", "version")
# A month in seconds, or nearly: only what overlaps in one such stretch is compared.
_STRETCH_SECONDS: Final = 30 * 86_400
_NEVER: Final = 2**53


def overtakes_of(tables: Tables) -> Table:
    """Give how many earlier dossiers were left behind, by office, procedure and version.

    Each waiting dossier is laid into every stretch of time in which it was open, and a later one
    meets those of the stretch of its own acceptance: all that it could overtake, and few others.
    """
    dossiers = tables[DOSSIERS.name]
    timed = dossiers.filter(dossiers.accepted_unix_seconds.notnull())
    timed = timed.mutate(version=timed.procedure_version.coalesce(0))
    done, waiting = _done(timed), _waiting(timed)
    met = done.join(
        waiting,
        [
            *(done[name] == waiting[f"waiting_{name}"] for name in _QUEUE),
            done.stretch == waiting.waiting_stretch,
            waiting.waiting_accepted <= done.accepted - _NUMBERS.lead_seconds,
            waiting.waiting_ended > done.accepted,
        ],
    )
    by_dossier = met.mutate(left_behind=(met.waiting_ended > met.ended).cast("int64"))
    counted = by_dossier.group_by("stream").agg(
        possible=by_dossier.count(), overtaken=by_dossier.left_behind.sum()
    )
    every = done.left_join(counted, "stream").select(
        *(done[name] for name in _QUEUE),
        possible=counted.possible.coalesce(0),
        overtaken=counted.overtaken.coalesce(0),
    )
    return every.group_by(list(_QUEUE)).agg(
        dossiers=every.count(),
        overtook_any=(every.overtaken > 0).cast("int64").sum(),
        overtook_many=(every.overtaken >= _NUMBERS.least_overtaken).cast("int64").sum(),
        overtaken=every.overtaken.sum(),
        possible=every.possible.sum(),
    )


def _done(timed: Table) -> Table:
    """Give what ended with a result at a known instant, but never before its acceptance."""
    done = timed.filter(timed.has_result & timed.ended_unix_seconds.notnull())
    accepted = done.accepted_unix_seconds
    return done.select(
        "stream",
        *_QUEUE,
        accepted=accepted,
        ended=ibis.greatest(done.ended_unix_seconds, accepted),
        stretch=_stretch(accepted),
    )


def _waiting(timed: Table) -> Table:
    """Give what may be overtaken, once for each stretch in which something was accepted later."""
    has_timed_end = timed.ended_on.isnull() | timed.ended_unix_seconds.notnull()
    rested = (timed.waits.length() > 0) | (timed.halts.length() > 0)
    waiting = timed.filter(has_timed_end & ~rested)
    latest = timed.agg(latest_accepted=timed.accepted_unix_seconds.max())
    bounded = waiting.cross_join(latest)
    ended = bounded.ended_unix_seconds.coalesce(_NEVER)
    bounded = bounded.mutate(
        ended_or_never=ended,
        first_stretch=_stretch(bounded.accepted_unix_seconds),
        last_stretch=_stretch(ibis.least(ended, bounded.latest_accepted)),
    )
    return bounded.select(
        waiting_office=bounded.office,
        waiting_procedure=bounded.procedure,
        waiting_version=bounded.version,
        waiting_accepted=bounded.accepted_unix_seconds,
        waiting_ended=bounded.ended_or_never,
        waiting_stretch=ibis.range(bounded.first_stretch, bounded.last_stretch + 1).unnest(),
    )


def _stretch(seconds: Value) -> Value:
    return (seconds // _STRETCH_SECONDS).cast("int64")


OVERTAKES: Final = Figure(
    name=FigureName.OVERTAKES,
    definition="overtakes@v1",
    title=Sentence("Vượt hàng", "Queue overtakes"),
    meaning=Sentence(
        "Hồ sơ có kết quả: bao nhiêu hồ sơ xong trước hồ sơ tiếp nhận sớm hơn một ngày trở lên. "
        "Không phải là dấu hiệu vi phạm: quy tắc R12 còn xét cán bộ và người được ủy quyền.",
        "Dossiers with a result: how many were done before others accepted a day or more earlier. "
        "No suspicion by itself: rule R12 also asks whose desk and which proxy.",
    ),
    datasets=(DOSSIERS,),
    key=_QUEUE,
    measures=("dossiers", "overtook_any", "overtook_many", "overtaken", "possible"),
    expression=overtakes_of,
)
