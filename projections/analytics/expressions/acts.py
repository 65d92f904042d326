"""Figures of acts: handovers between offices and between hands, and the hours of the day."""

from typing import Final

import ibis

from domain.actions import StreamType
from domain.errors import Sentence
from domain.roles import Role
from projections.analytics.expressions.shapes import Figure, Table, Tables
from projections.analytics.names import FigureName
from projections.opendata.events import EVENTS
from projections.opendata.rows.act_times import ACT_TIMES
from projections.opendata.rows.dossiers import DOSSIERS

_HOUR_DIGITS: Final = 2


def _acts_on_dossiers(tables: Tables) -> Table:
    events = tables[EVENTS.name]
    return events.filter(events.stream_type == StreamType.DOSSIER.value)


def handovers_of(tables: Tables) -> Table:
    """Give how often an act sent a dossier to another office."""
    acts = _acts_on_dossiers(tables)
    sent = acts.filter(acts.to_office.notnull() & (acts.office != acts.to_office))
    return sent.group_by(["office", "to_office", "kind"]).agg(
        handovers=sent.count(), dossiers=sent.stream.nunique()
    )


def hands_of(tables: Tables) -> Table:
    """Give how often the next act on a dossier was another's, by office and procedure.

    A hand is the performer that an import names, or else the key that signed first. The
    applicant's own acts are nobody's hands. Units stand in no public entry, so nothing is said of
    them; two keys of one person are two hands.
    """
    acts = _acts_on_dossiers(tables)
    acts = acts.mutate(hand=acts.performer.coalesce(acts.signer_keys[0]))
    hands = acts.filter(acts.performer.notnull() | (acts.signer_roles[0] != Role.APPLICANT.value))
    in_turn = ibis.window(group_by="stream", order_by=hands.version)
    hands = hands.mutate(earlier=hands.hand.lag().over(in_turn))
    changed = hands.earlier.notnull() & (hands.earlier != hands.hand)
    by_dossier = hands.mutate(changed=changed.cast("int64")).group_by("stream")
    counted = by_dossier.agg(
        acts=lambda table: table.count(),
        changes=lambda table: table.changed.sum(),
        hands=lambda table: table.hand.nunique(),
    )
    dossiers = tables[DOSSIERS.name].select("stream", "office", "procedure")
    placed = counted.join(dossiers, "stream")
    return placed.group_by(["office", "procedure"]).agg(
        dossiers=placed.count(),
        acts=placed.acts.sum(),
        changes=placed.changes.sum(),
        most_changes=placed.changes.max(),
        most_hands=placed.hands.max(),
    )


def hours_of(tables: Tables) -> Table:
    """Give the acts of each kind by the hour of the office's day, and whether it worked then."""
    times = tables[ACT_TIMES.name]
    acts = tables[EVENTS.name].join(times, "entry_index")
    hour = acts.local_hour.cast("string").lpad(_HOUR_DIGITS, "0").coalesce("")
    acts = acts.mutate(hour=hour)
    return acts.group_by(["office", "kind", "worked", "hour"]).agg(acts=acts.count())


HANDOVERS: Final = Figure(
    name=FigureName.HANDOVERS,
    definition="handovers@v1",
    title=Sentence("Chuyển hồ sơ giữa các cơ quan", "Handovers between offices"),
    meaning=Sentence(
        "Số lần một hành vi chuyển hồ sơ từ cơ quan này đến cơ quan khác, và số hồ sơ.",
        "How often an act sent a dossier from one office to another, and of how many dossiers.",
    ),
    datasets=(EVENTS,),
    key=("office", "to_office", "kind"),
    measures=("handovers", "dossiers"),
    expression=handovers_of,
)
HANDS: Final = Figure(
    name=FigureName.HANDS,
    definition="hands@v1",
    title=Sentence("Hồ sơ qua tay bao nhiêu người", "Changes of hands"),
    meaning=Sentence(
        "Số lần hành vi kế tiếp trên hồ sơ do khóa hoặc người thực hiện khác; không kể người nộp. "
        "Tên phòng, bộ phận không có trong dữ liệu công khai.",
        "How often the next act on a dossier was of another key or performer, applicants left out. "
        "Units stand in no public entry.",
    ),
    datasets=(EVENTS, DOSSIERS),
    key=("office", "procedure"),
    measures=("dossiers", "acts", "changes", "most_changes", "most_hands"),
    expression=hands_of,
)
HOURS: Final = Figure(
    name=FigureName.HOURS,
    definition="hours@v1",
    title=Sentence("Hành vi theo giờ", "Act kinds by hour"),
    meaning=Sentence(
        "Số hành vi mỗi loại theo giờ tại cơ quan, trong hay ngoài giờ làm việc; giờ để trống nếu "
        "chỉ biết ngày.",
        "Acts of each kind by the hour at the office, in working hours or not; the hour is empty "
        "where only the day is known.",
    ),
    datasets=(EVENTS, ACT_TIMES),
    key=("office", "kind", "worked", "hour"),
    measures=("acts",),
    expression=hours_of,
)
