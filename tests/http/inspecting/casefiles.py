"""Casefiles of a test world: made as the command makes them, without a socket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from falcon.testing import TestClient

from cli.acting.reading import Asking
from cli.casefiles.making import Wanted, make_casefile
from cli.sites import Site, SiteAnswer
from domain.reading.rights import Reader
from projections.casefiles.files import Casefile, NamedOrder, render_casefile
from projections.casefiles.verifying import verify_casefile
from tests.http.reading.people import ORDER, ORDER_STREAM, ORDER_UNTIL, Case
from tests.http.signing import HOST
from transparency.notes import SigningKey

STATEMENT = "Tôi đã xem các hành vi này.\nI have looked at these acts.\n"
IN_FORCE = NamedOrder(number=ORDER, stream=ORDER_STREAM, until=ORDER_UNTIL.isoformat())


@dataclass(frozen=True)
class ClientSite(Site):
    """The server of a test world, asked without a socket."""

    client: TestClient

    def ask(
        self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> SiteAnswer:
        given = dict(headers or {}) | ({} if body is None else {"Content-Type": "application/json"})
        address, _, query = path.partition("?")
        result = self.client.simulate_request(
            "GET" if body is None else "POST",
            unquote(address), query_string=query, headers=given, body=body,
        )  # fmt: skip
        return SiteAnswer(result.status_code, result.content)


def asking(case: Case, key: SigningKey | None = None) -> Asking:
    site = ClientSite(HOST, case.world.client)
    signer = key or case.keys[Reader.INSPECTOR]
    return Asking(site, case.dossier.stream, signer, case.world.clock())


def wanted(case: Case, **changes: Any) -> Wanted:
    members: dict[str, Any] = {
        "subject": {"officer": case.keys[Reader.OFFICER_WITH_TASK].name},
        "period": {},
        "dossiers": (case.dossier.stream,),
        "statement": STATEMENT.encode(),
    }
    return Wanted(**(members | changes))


def made(case: Case, key: SigningKey | None = None, **changes: Any) -> Casefile:
    return make_casefile(asking(case, key), case.world.operator.origin, wanted(case, **changes))


def a_whole_one(case: Case) -> Casefile:
    """A casefile with every kind of part that is signed for."""
    return made(
        case, order=IN_FORCE, with_details=True, names=("persons",), explanation="Thanh tra"
    )


def verify(case: Case, casefile: Casefile) -> Any:
    return verify_casefile(render_casefile(casefile), case.world.operator.anchors)


def flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
