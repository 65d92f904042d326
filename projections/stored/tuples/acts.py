"""Acts as the columns of their rows: written, read, and by whose names they are found."""

from collections.abc import Iterable
from datetime import date

import msgspec
import sqlalchemy as sa

from domain.actions import Signer
from domain.dossiers import Status
from domain.moments import parse_moment, render_moment
from projections.dossier_rows import Act, parse_due, render_due
from transparency.encoding import parse_utc_milliseconds, render_utc_milliseconds

_signers_decoder = msgspec.json.Decoder(tuple[Signer, ...])
_signers_encoder = msgspec.json.Encoder()


def actors_of(act: Act) -> Iterable[str]:
    """Give by whom an act is found: its signers' keys, and the performer of an imported one."""
    names = [signer.key for signer in act.signers]
    if len(names) == 1 and act.performer is None:
        return names
    if act.performer is not None:
        names.append(act.performer)
    return dict.fromkeys(names)


def act_columns(act: Act) -> dict[str, object]:
    """Write an act as the columns of its row."""
    return {
        "entry_index": act.entry_index,
        "stream": act.stream,
        "version": act.version,
        "kind": act.kind,
        "at": render_moment(act.at),
        "recorded_at": render_utc_milliseconds(act.recorded_at),
        "office": act.office,
        "signers": _signers_encoder.encode(act.signers).decode(),
        "performer": act.performer,
        "status": None if act.status is None else act.status.value,
        "due": render_due(act.due),
        "appointment": render_due(act.appointment),
        "amount_vnd": act.amount_vnd,
        "to_office": act.to_office,
        "answer_by": None if act.answer_by is None else act.answer_by.isoformat(),
        "refers_to": act.refers_to,
        "payment_method": act.payment_method,
        "label": act.label,
        "step": act.step,
    }


def open_act(row: sa.Row[tuple[object, ...]]) -> Act:
    """Read what `act_columns` writes."""
    return Act(
        entry_index=row.entry_index,
        stream=row.stream,
        version=row.version,
        kind=row.kind,
        at=parse_moment(row.at),
        recorded_at=parse_utc_milliseconds(row.recorded_at),
        office=row.office,
        signers=_signers_decoder.decode(row.signers),
        performer=row.performer,
        status=None if row.status is None else Status(row.status),
        due=parse_due(row.due),
        appointment=parse_due(row.appointment),
        amount_vnd=row.amount_vnd,
        to_office=row.to_office,
        answer_by=None if row.answer_by is None else date.fromisoformat(row.answer_by),
        refers_to=row.refers_to,
        payment_method=row.payment_method,
        label=row.label,
        step=row.step,
    )
