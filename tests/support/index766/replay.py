"""The public record replayed from a log's tiles alone, as whoever recomputes the index makes it."""

from itertools import chain

from domain.procedures import ProcedureRecord
from ledger.documents import DocumentSource
from ledger.key_files import Anchors
from projections.counts import CheckpointReference
from projections.dossier_rows import Act, act_of
from projections.entries import sealed_groups
from projections.index766.from_log import record_of_log
from projections.index766.inputs import PublicRecord
from projections.states import StreamStates
from transparency.checkpoints import open_checkpoint
from transparency.encoding import encode_base64
from transparency.tile_store import LogSource
from transparency.trusted_log import TrustedLog


def replayed_record(
    source: LogSource, anchors: Anchors, documents: DocumentSource
) -> tuple[PublicRecord, CheckpointReference]:
    signed = open_checkpoint(source.read_checkpoint(), anchors.logs)
    log = TrustedLog(source, signed)
    states = StreamStates(anchors.origin, documents)
    acts: list[Act] = []
    procedures: dict[str, ProcedureRecord] = {}
    groups = list(sealed_groups(enumerate(log.entries(0, log.tree_size)), anchors.origin, b""))
    for entry in chain.from_iterable(group.entries for group in groups):
        state = states.apply(entry)
        acts.append(act_of(entry, state))
        if isinstance(state, ProcedureRecord):
            procedures[state.code] = state
    record = record_of_log(states, procedures, acts, groups[-1].sealed_at)
    root = encode_base64(signed.checkpoint.root_hash)
    return record, CheckpointReference(log.tree_size, root)
