"""``/v1/looks``: who has looked at me, at my office or at my dossier, and by whose order.

An officer asks with any of their keys, and sees the looks at themselves; a head sees also those at
the offices that the role covers; a dossier's holder asks with the slip's secret or the dossier's
key, and inspectors and officers as for the list of reads. A look under an inspection order is not
there until an entry has ended that order; then it is, with its number.
"""

import asyncio
from collections.abc import Iterable, Iterator

from falcon.asgi import Request, Response

from api.bodies import encode
from api.data_folder import DataFolder
from api.errors import MalformedParameter
from api.parts import Parts
from api.reading.askers import Askers, Proof, signed_request
from api.reading.looks import Look, LookBook, are_open, render_look_time
from api.reading.orders import open_orders
from api.reading.rights import check_right
from api.resources.inspecting.shapes import LooksAnswer, look_answer
from domain.keys import KeyRecord
from domain.reading.rights import Subject
from domain.roles import Role

# A request that is about no stream: the key must be an enrolled one.
_NO_STREAM = ""


class LooksResource:
    """``/v1/looks``."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._askers = Askers(parts)
        self._book = LookBook(DataFolder(parts.settings.data).looks)

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
        response.data = encode(LooksAnswer(looks=tuple(map(look_answer, found))))

    def _at_asker(self, key: str, record: KeyRecord | None) -> list[Look]:
        with self._parts.views.reading() as reader:
            keys = reader.persons().keys_of(key)
            offices = list(_headed(record, reader.offices()))
        found = dict.fromkeys(self._book.at_officers(keys))
        found |= dict.fromkeys(self._book.at_offices(offices))
        return sorted(self._open(found), key=lambda look: look.at, reverse=True)

    def _at_dossier(self, stream: str, proof: Proof) -> list[Look]:
        asker = self._askers.asker(stream, proof)
        check_right(asker.reader, Subject.READS)
        looks = self._book.at_dossier(stream)
        end = None if asker.slip is None else asker.slip.replaced
        if end is not None:
            # Whoever has a slip that was replaced sees nothing newer than that.
            until = render_look_time(end.counted_from.start_in("UTC"))
            looks = tuple(look for look in looks if look.at <= until)
        return list(self._open(looks))

    def _open(self, looks: Iterable[Look]) -> Iterator[Look]:
        kept = list(looks)
        streams = {look.order_stream for look in kept if look.order_stream is not None}
        return are_open(kept, open_orders(self._parts, streams))


def _headed(record: KeyRecord | None, offices: Iterable[str]) -> Iterator[str]:
    """Give the offices that a key is head of now."""
    if record is not None:
        yield from (office for office in offices if record.covers(Role.HEAD, office))
