"""Who asks for a dossier: a secret, a pass or a signed request becomes a `Reader`.

What that reader may see is the matrix's word (`api.reading.rights`). Roles are those of the
registry now, recorded or not yet published; the dossier is as the views have it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from falcon.asgi import Request

from api.parts import Parts
from api.reading.slips import Slip, slips_of
from api.resources.passes import check_pass
from api.signatures import SignedRequest
from domain.dossiers import Dossier
from domain.facts import ANY_OFFICE
from domain.keys import KeyRecord, number_of_person
from domain.moments import Moment
from domain.reading.rights import Reader
from domain.reading.tasks import OFFICER_ROLES, Tasks, tasks_of
from domain.roles import Role
from domain.rules.territory import acts_for
from ledger.errors import UnknownDossier
from projections.access import open_actions
from projections.holders import Mark, is_same_hash, mark_hash
from projections.states import StreamStates
from projections.views import ViewReader

SECRET_HEADER: Final = "Dossier-Secret"  # noqa: S105 - the name of a header


@dataclass(frozen=True, slots=True)
class Proof:
    """What a request brings: a secret that nobody compared yet, or a key whose signature is good.

    ``record`` is the registry's, None for a dossier's own key and for a revoked one.
    """

    secret: str = ""
    key: str | None = None
    record: KeyRecord | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks; `slip` is whose secret they know, None for all others."""

    reader: Reader
    slip: Slip | None = None


def signed_request(request: Request, body: bytes, public_address: str | None) -> SignedRequest:
    """Give what the request's signature may cover, as the client sent it.

    With a public address set, a request that was signed for another server is refused: its
    ``@target-uri`` is another.
    """
    scope: Mapping[str, object] = request.scope
    raw_path = scope.get("raw_path")
    path = raw_path.decode("latin-1") if isinstance(raw_path, bytes) else request.path
    query = f"?{request.query_string}" if request.query_string else ""
    base = public_address or f"{request.scheme}://{request.netloc}"
    return SignedRequest(request.method, f"{base}{path}{query}", request.headers, body)


class Askers:
    """Finds out who asks for a dossier."""

    def __init__(self, parts: Parts):
        self._parts = parts

    def proof(self, request: Request, stream: str) -> Proof:
        """Give what a request without a body proves; called where the event loop runs.

        Raises:
            RequestNotSigned, RequestSignatureInvalid, RequestReplayed: as `RequestVerifier` says.
        """
        if request.get_header("Signature-Input") is None:
            return Proof(secret=request.get_header(SECRET_HEADER) or "")
        signed = signed_request(request, b"", self._parts.settings.public_address)
        key, record = self._parts.requests.check_signer(signed, stream)
        return Proof(key=key, record=record)

    def asker(self, stream: str, proof: Proof) -> Asker:
        """Give who that is, for one dossier.

        Raises:
            UnknownDossier: a signed request names a dossier that there is not.
        """
        if proof.key is None:
            return self.by_secret(stream, proof.secret)
        reader = self.reader_of(stream, proof.key, proof.record)
        if reader in (Reader.HOLDS_KEY, Reader.PROXY):
            # Under a mark of the key's own: whoever holds the slip sees that it was not the slip.
            mark = mark_hash(self._parts.view_secret, Mark.SECRET, proof.key)
            self._parts.own_reads.note(stream, mark, self._parts.clock())
        return Asker(reader)

    def by_secret(self, stream: str, secret: str) -> Asker:
        """Give the holder, or a stranger: a wrong secret and an unknown dossier are alike.

        Whoever has a slip that was replaced is neither.
        """
        given_hash = mark_hash(self._parts.view_secret, Mark.SECRET, secret)
        with self._parts.views.reading() as view:
            is_followed = view.hash_of(stream, Mark.SECRET) is not None
        slips = slips_of(self._parts, stream) if is_followed else ()
        # Backwards: whoever was given one secret twice has the one that opens.
        for slip in reversed(slips):
            if is_same_hash(slip.hash, given_hash):
                return self._holder(stream, slip)
        return Asker(Reader.ANYONE)

    def by_pass(self, stream: str, given_pass: str) -> Asker:
        """Give the holder, who opened the dossier a while ago.

        Raises:
            UnknownDossier: the pass is not this dossier's, or has ended.
        """
        kept_hash = self.present_hash(stream)
        now = self._parts.clock()
        check_pass(given_pass, self._parts.view_secret, stream, kept_hash, now)
        return self._holder(stream, Slip(kept_hash))

    def present_hash(self, stream: str) -> bytes:
        """Give the keyed hash of the secret that opens a dossier now; empty for none."""
        slips = slips_of(self._parts, stream)
        return slips[-1].hash if slips else b""

    def _holder(self, stream: str, slip: Slip) -> Asker:
        # Kept before anything is shown: the holder learns of every use of the secret.
        self._parts.own_reads.note(stream, slip.hash, self._parts.clock())
        is_present = slip.replaced is None
        return Asker(Reader.HOLDS_SECRET if is_present else Reader.HELD_SECRET, slip)

    def reader_of(
        self,
        stream: str,
        key: str,
        record: KeyRecord | None,
        role: Role | None = None,
    ) -> Reader:
        """Give as what the owner of a key reads a dossier; ``role`` None takes the best.

        Raises:
            UnknownDossier: there is no such dossier.
        """
        # Who that is must be known before there is a right to check: nothing leaves but the reader.
        with self._parts.views.reading(sees_veiled=True) as view:
            dossier = view.dossier(stream)
            if dossier is None:
                raise UnknownDossier
            if key in dossier.applicant_keys and role is None:
                return Reader.HOLDS_KEY
            if key in dossier.proxy_keys and role is None:
                return Reader.PROXY
            if record is None:
                # A key that is nobody's any more: whose stream is veiled, it learns nothing of it.
                return Reader.ANYONE if view.veiled_among((stream,)) else Reader.OFFICER_ELSEWHERE
            return self._enrolled(view, dossier, record, role)

    def _enrolled(
        self, view: ViewReader, dossier: Dossier, record: KeyRecord, role: Role | None
    ) -> Reader:
        roles = self._roles_for(view, dossier, record)
        roles = roles if role is None else roles & {role}
        if roles & OFFICER_ROLES and self._has_task(view, dossier, record, roles):
            return Reader.OFFICER_WITH_TASK
        if Role.INSPECTOR in roles:
            return Reader.INSPECTOR
        if roles & OFFICER_ROLES:
            return Reader.OFFICER_WITHOUT_TASK
        inspects = role in (None, Role.INSPECTOR) and record.has_role(Role.INSPECTOR)
        return Reader.INSPECTOR_ELSEWHERE if inspects else Reader.OFFICER_ELSEWHERE

    def _roles_for(self, view: ViewReader, dossier: Dossier, record: KeyRecord) -> frozenset[Role]:
        """Give the roles held for an office that has the dossier, or for one's heir."""
        register = StreamStates(self._parts.origin, self._parts.documents, view.states)
        now = Moment(instant=self._parts.clock().replace(microsecond=0))
        offices = {dossier.office, dossier.current_office}
        return frozenset(
            held.grant.role
            for held in record.held()
            if held.grant.office == ANY_OFFICE
            or any(acts_for(register, held.grant.office, office, now) for office in offices)
        )

    def _has_task(
        self, view: ViewReader, dossier: Dossier, record: KeyRecord, roles: frozenset[Role]
    ) -> bool:
        tasks = self._tasks(dossier.stream)
        if tasks.awaits_decision and Role.APPROVER in roles:
            return True
        keys = view.persons().keys_of(record.name)
        if tasks.keys.intersection(keys) or any(map(tasks.names, keys)):
            return True
        wanted = [
            mark_hash(self._parts.view_secret, Mark.PERSON, number_of_person(text))
            for text in (tasks.receiver, tasks.assignee)
            if text is not None
        ]
        numbers = [view.hash_of(f"key:{key}", Mark.PERSON) for key in keys]
        return any(is_same_hash(number, each) for number in numbers for each in wanted)

    def _tasks(self, stream: str) -> Tasks:
        parts = self._parts
        events = parts.reader.stream_events(stream)
        return tasks_of(open_actions(events, parts.origin, parts.vault.open))
