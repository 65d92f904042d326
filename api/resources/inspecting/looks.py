"""``/v1/looks``: who has looked at me, at my office or at my dossier, and by whose order.

An officer asks with any of their keys, and sees the looks at themselves; a head sees also those at
the offices that the role covers; a dossier's holder asks with the slip's secret or the dossier's
key, and inspectors and officers as for the list of reads. A look under an inspection order is not
there until an entry has ended that order; then it is, with its number. A look at a procedure is
listed to the heads of the offices whose acts it could show, one at an office above to the heads of
the offices below whose acts it showed.

Each look comes with its record and, once an entry commits to it, with the proof that it is counted
there (`ledger.looks.leaves`).
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence

from falcon.asgi import Request, Response

from api.bodies import encode
from api.data_folder import DataFolder
from api.errors import MalformedParameter
from api.parts import Parts
from api.reading.askers import Askers, Proof, signed_request
from api.reading.looks import LookBook, are_open, render_look_time
from api.reading.orders import open_orders
from api.reading.rights import check_right
from api.resources.inspecting.shapes import LookAnswer, LooksAnswer, ProvenLook, look_answer
from domain.keys import KeyRecord
from domain.oversight.integrity import LOOKS_STREAM
from domain.reading.rights import Subject
from domain.roles import Role
from ledger.looks.leaves import Commitment, KeptLook, prove_look, read_commitments, tree_of

# A request that is about no stream: the key must be an enrolled one.
_NO_STREAM = ""


class LooksResource:
    """``/v1/looks``."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._askers = Askers(parts)
        self._book = LookBook(DataFolder(parts.settings.data).looks, parts.random_bytes)

    async def on_get(self, request: Request, response: Response) -> None:
        """Give the looks at whoever asks, or at the ``dossier`` that is named."""
        response.set_header("Cache-Control", "no-store")
        self._parts.lookups.check(request.remote_addr)
        dossier = request.get_param("dossier", allow_multiple=False)
        if dossier is None:
            signed = signed_request(request, b"", self._parts.settings.public_address)
            asker = self._parts.requests.check_signer(signed, _NO_STREAM)
            found = await asyncio.to_thread(self._at_asker, *asker)
        else:
            if not dossier.startswith("dossier:"):
                raise MalformedParameter("dossier is the stream of one")
            proof = self._askers.proof(request, dossier)
            found = await asyncio.to_thread(self._at_dossier, dossier, proof)
        response.data = encode(LooksAnswer(stream=LOOKS_STREAM, looks=found))

    def _at_asker(self, key: str, record: KeyRecord | None) -> tuple[LookAnswer, ...]:
        with self._parts.views.reading() as reader:
            keys = reader.persons().keys_of(key)
            offices = list(_headed(record, reader.offices()))
        found = (
            *self._book.at_officers(keys),
            *self._book.at_offices(offices),
            *self._book.that_reached(offices),
        )
        by_index = {kept.look_index: kept for kept in found}
        return self._answers([by_index[index] for index in sorted(by_index, reverse=True)])

    def _at_dossier(self, stream: str, proof: Proof) -> tuple[LookAnswer, ...]:
        asker = self._askers.asker(stream, proof)
        check_right(asker.reader, Subject.READS)
        looks = self._book.at_dossier(stream)
        end = None if asker.slip is None else asker.slip.replaced
        if end is not None:
            # Whoever has a slip that was replaced sees nothing newer than that.
            until = render_look_time(end.counted_from.start_in("UTC"))
            looks = tuple(kept for kept in looks if kept.look.at <= until)
        return self._answers(looks)

    def _answers(self, looks: Sequence[KeptLook]) -> tuple[LookAnswer, ...]:
        streams = {kept.look.order_stream for kept in looks if kept.look.order_stream is not None}
        shown = list(are_open(looks, open_orders(self._parts, streams)))
        return tuple(look_answer(proven) for proven in self._proven(shown))

    def _proven(self, shown: Sequence[KeptLook]) -> Iterator[ProvenLook]:
        """Prove each look under the first entry that counts it, where one does by now."""
        if not shown:
            return
        kept = [one.leaf for one in self._book.all()]
        tree, book = tree_of(kept), self._book.book
        # A book that is not what was committed to proves nothing, and says so by that.
        good = [
            each
            for each in read_commitments(self._parts.reader, self._parts.origin)
            if each.entry_index is not None
            and (each.book, each.looks <= tree.tree_size) == (book, True)
            and tree.root_hash(each.looks) == each.root
        ]
        for one in shown:
            commitment = _first_counting(one, good)
            path = () if commitment is None else prove_look(tree, one.look_index, commitment)
            yield ProvenLook(one, commitment, path)


def _first_counting(kept: KeptLook, commitments: Iterable[Commitment]) -> Commitment | None:
    return next((each for each in commitments if kept.look_index < each.looks), None)


def _headed(record: KeyRecord | None, offices: Iterable[str]) -> Iterator[str]:
    """Give the offices that a key is head of now."""
    if record is not None:
        yield from (office for office in offices if record.covers(Role.HEAD, office))
