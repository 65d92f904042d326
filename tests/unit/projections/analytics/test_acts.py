"""Figures of acts are those of a slow walk over the same rows."""

import itertools
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from projections.analytics.names import FigureName
from projections.opendata.events import EVENTS
from projections.opendata.rows.act_times import ACT_TIMES
from projections.opendata.rows.dossiers import DOSSIERS
from projections.opendata.shapes import Row
from tests.support.analytics.exports import figure, numbered, rows_of_dossiers
from tests.support.dossier_cases import a_dossier
from tests.unit.projections.analytics.test_parity import EXAMPLES

OFFICES = ("H27", "X1")
KINDS = ("dossier.submitted", "dossier.accepted", "dossier.forwarded")
STREAMS = [
    each.stream
    for each in numbered([a_dossier(procedure="p1"), a_dossier(), a_dossier(office="X1")])
]
drawn = st.tuples(
    st.sampled_from([*STREAMS, "key:k"]),
    st.sampled_from(OFFICES),
    st.sampled_from(KINDS),
    st.sampled_from([None, *OFFICES, "Đ-é"]),  # where it is sent
    st.sampled_from(["a", "b", "c"]),  # the key
    st.sampled_from(["applicant", "processor"]),
    st.sampled_from([None, None, "p"]),  # the performer
    st.sampled_from([None, 0, 9, 23]),  # the hour
    st.sampled_from(["working", "day_off", "unknown"]),
)
histories = st.lists(drawn, max_size=40)


def rows_of(history: list[Any]) -> tuple[list[Row], list[Row]]:
    versions: Counter[str] = Counter()
    events: list[Row] = []
    times: list[Row] = []
    for index, (stream, office, kind, to_office, key, role, performer, hour, worked) in enumerate(
        history
    ):
        versions[stream] += 1
        values = dict.fromkeys(EVENTS.column_names) | {
            "entry_index": index,
            "stream": stream,
            "stream_type": stream.partition(":")[0],
            "version": versions[stream],
            "kind": kind,
            "at": "2026-03-02",
            "at_precision": "day",
            "recorded_at": datetime(2026, 3, 2, tzinfo=UTC),
            "office": office,
            "signer_keys": (key, "second"),
            "signer_roles": (role, "receiver"),
            "performer": performer,
            "imported": False,
            "to_office": to_office,
        }
        events.append(values)
        times.append(
            {
                "entry_index": index,
                "local_day": date(2026, 3, 2),
                "local_hour": hour,
                "worked": worked,
            }
        )
    return events, times


@EXAMPLES
@given(histories)
def test_handovers_are_acts_that_name_another_office(history: list[Any]) -> None:
    events, _ = rows_of(history)
    found: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for stream, office, kind, to_office, *_ in history:
        if stream != "key:k" and to_office not in (None, office):
            found[office, to_office, kind].append(stream)

    assert figure(FigureName.HANDOVERS, {EVENTS: events}) == [
        dict(zip(("office", "to_office", "kind"), key, strict=True))
        | {"handovers": len(streams), "dossiers": len(set(streams))}
        for key, streams in sorted(found.items(), key=lambda pair: [*map(str.encode, pair[0])])
    ]


@EXAMPLES
@given(histories)
def test_hands_change_where_the_next_act_is_anothers(history: list[Any]) -> None:
    events, _ = rows_of(history)
    dossiers = numbered([a_dossier(procedure="p1"), a_dossier(), a_dossier(office="X1")])
    zones = dict.fromkeys(OFFICES, "Asia/Ho_Chi_Minh")
    hands: defaultdict[str, list[str]] = defaultdict(list)
    for stream, _, _, _, key, role, performer, *_ in history:
        if performer is not None or role != "applicant":
            hands[stream].append(performer or key)
    cells: defaultdict[tuple[str, str], list[list[str]]] = defaultdict(list)
    for dossier in dossiers:
        if hands[dossier.stream]:
            cells[dossier.office, dossier.procedure].append(hands[dossier.stream])

    rows = rows_of_dossiers(dossiers, zones, datetime(2026, 4, 1, tzinfo=UTC))
    assert figure(FigureName.HANDS, {EVENTS: events, DOSSIERS: rows}) == [
        {
            "office": office,
            "procedure": procedure,
            "dossiers": len(all_hands),
            "acts": sum(map(len, all_hands)),
            "changes": sum(map(changes, all_hands)),
            "most_changes": max(map(changes, all_hands)),
            "most_hands": max(len(set(each)) for each in all_hands),
        }
        for (office, procedure), all_hands in sorted(cells.items())
    ]


def changes(hands: list[str]) -> int:
    return sum(one != other for one, other in itertools.pairwise(hands))


@EXAMPLES
@given(histories)
def test_every_act_is_counted_in_its_hour_once(history: list[Any]) -> None:
    events, times = rows_of(history)
    found = Counter(
        (office, kind, worked, "" if hour is None else f"{hour:02d}")
        for _, office, kind, _, _, _, _, hour, worked in history
    )

    rows = figure(FigureName.HOURS, {EVENTS: events, ACT_TIMES: times})

    assert rows == [
        dict(zip(("office", "kind", "worked", "hour"), key, strict=True)) | {"acts": acts}
        for key, acts in sorted(found.items())
    ]
