"""Thousands of generated requests, in-process: no server error, and no answer without a document.

Schemathesis makes requests that fit the OpenAPI document and requests that do not. By themselves
they hardly get past the first refusal, so names, secrets and bodies of the served ledger are mixed
in, whole or spoilt, and requests are signed as inspectors, officers and strangers sign them.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks

from api.interface.operations import Operation
from api.openapi import OPERATIONS
from domain.facts import DossierAccepted, ProcessorAssigned
from domain.roles import Role
from tests.http.signing import signed_headers
from tests.http.world import World, a_signing_key, a_world, action_body, fill_registry
from tests.support.builders import OFFICE, PROCEDURE
from transparency.notes import SigningKey

# Left out of `make check`, which must be quick.
pytestmark = pytest.mark.long

CASES_PER_OPERATION = 80
LEAST_CASES = 2_000
HOST = "http://testserver"

CHECKS: list[Any] = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@schemathesis.serializer("application/x-ndjson")
def write_lines(_context: object, value: object) -> bytes:
    return value.encode(errors="replace") if isinstance(value, str) else msgspec.json.encode(value)


@dataclass
class Served:
    """A ledger with some history, and what of it requests may name."""

    world: World
    streams: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    signers: list[SigningKey] = field(default_factory=list)

    def known(self, name: str, chance: random.Random) -> str | None:
        """Give a value that the ledger knows under a parameter's name; None where it has none."""
        documents = self.world.parts.reader.entries(0, 1)
        choices: dict[str, list[str]] = {
            "stream": [*self.streams, f"office:{OFFICE}", "ledger:nobody"],
            "version": ["1", "2", "9"],
            "entry_index": ["0", str(len(documents)), "99999"],
            "code": [PROCEDURE, "stale_version", "not_permitted", *self.codes],
            "key": [signer.name for signer in self.signers],
            "office": [OFFICE, "H99"],
            "path": ["0/000.p/1", "entries/000.p/1", "0/000", "9/x001/000"],
            "Dossier-Secret": self.secrets,
        }
        found = choices.get(name)
        return chance.choice(found) if found else None


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("generated")
    with a_world(folder, longest_wait_seconds=0.05, lookups_per_minute=100_000) as world:
        fill_registry(world)
        served = Served(world)
        _live(served)
        world.settle()
        world.follow()
        yield served


def _live(served: Served) -> None:
    """Let three dossiers come so far, and keep what was sent and what never was."""
    world = served.world
    for steps in range(3):
        dossier = world.submit()
        if steps > 0:
            served.bodies.append(action_body(world.accept(dossier)))
        if steps > 1:
            act = world.act(dossier, "dossier.processor_assigned", ProcessorAssigned(), "assigner")
            served.bodies.append(action_body(act))
        served.streams.append(dossier.stream)
        served.secrets.append(dossier.secret)
        served.codes.append(dossier.code)
        late = world.sign(
            dossier, "dossier.accepted", DossierAccepted(), (Role.RECEIVER, world.keys["receiver"])
        )
        served.bodies.append(action_body(late))
        served.signers.append(dossier.applicant)
    served.bodies.append(action_body(world.a_submission()[1]))
    stranger = a_signing_key("inspector")
    served.signers += [world.keys["inspector"], world.keys["inspector"], stranger]
    served.signers += [world.keys["receiver"]]


def mix_in(case: "schemathesis.Case[Any]", served: Served, seed: int) -> None:
    """Put known values and known bodies into a generated request, now and then spoilt."""
    chance = random.Random(seed)
    parts: tuple[Any, ...] = (case.path_parameters, case.query, case.headers)
    for part in parts:
        for name in list(part or ()):
            known = served.known(name, chance)
            if known is not None and chance.random() < 0.6:
                part[name] = known
    if case.media_type == "application/json" and chance.random() < 0.6:
        case.body = _known_body(case.operation.path, served, chance)


def _known_body(path: str, served: Served, chance: random.Random) -> dict[str, Any]:
    if path == "/v1/lookup":
        return {"code": chance.choice(served.codes)}
    if path == "/v1/petitions/lookup":
        return {"secret": chance.choice(served.secrets)}
    if path.endswith("/codes"):
        return {"dossier": chance.choice(served.streams)}
    body: dict[str, Any] = msgspec.json.decode(chance.choice(served.bodies))
    return _spoilt(body, chance) if chance.random() < 0.6 else body


def _spoilt(body: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Change one thing in a good body: a letter of the note, a salt, a member."""
    note = body["note"]
    place = chance.randrange(len(note))
    changes: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: body | {"note": note[:place] + chance.choice('é\n"{}0aZ—') + note[place + 1 :]},
        lambda: body | {"note": note[:place]},
        lambda: body | {"details": {"salt": "AAAA", "body": "{}"}},
        lambda: body | {"document": chance.choice(["", "{}", "x" * 70_000])},
        lambda: body | {"surplus": None},
    )
    return chance.choice(changes)()


def headers_of(
    case: "schemathesis.Case[Any]", operation: Operation, served: Served, seed: int
) -> dict[str, str]:
    """Give odd headers that any client may send, and a signature where one may be asked for."""
    chance = random.Random(seed)
    headers = {
        "Accept": chance.choice(["*/*", "application/json", "text/html", "image/png;q=x", ""]),
        "Accept-Language": chance.choice(["vi", "en;q=0.1", "fr", ";;;", "vi-VN,en;q=2"]),
    }
    if operation.signed and chance.random() < 0.7:
        body = json.dumps(case.body).encode() if isinstance(case.body, dict) else None
        headers |= signed_headers(
            chance.choice(served.signers),
            _target_of(case),
            served.world.clock(),
            host=HOST,
            method=operation.method.upper(),
            components=chance.choice([*[("@method", "@target-uri")] * 4, ("@method",)])
            + (() if body is None else ("content-digest",)),
            body=body,
        )
    return headers


def _target_of(case: "schemathesis.Case[Any]") -> str:
    query = urlencode(case.query or {}, doseq=True)
    return f"{case.formatted_path}?{query}" if query else case.formatted_path


@dataclass
class Answered:
    """How many requests were answered, by operation and by status."""

    operations: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)


def test_generated_requests_get_documented_answers_and_never_a_server_error(
    served: Served,
) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", served.world.app)
    answered = Answered()

    for operation in OPERATIONS:
        described = schema[operation.path][operation.method.upper()]
        kinds = [described.as_strategy(generation_mode=mode) for mode in _modes(operation)]
        _ask(operation, st.one_of(kinds), served, answered)

    assert answered.operations.keys() == {f"{each.method} {each.path}" for each in OPERATIONS}
    assert answered.operations.total() >= LEAST_CASES
    assert answered.statuses.keys() >= {200, 400, 401, 403, 404, 422}


def _ask(
    operation: Operation, cases: st.SearchStrategy[Any], served: Served, answered: Answered
) -> None:
    """Ask one operation many things, the same ones in every run."""

    @settings(
        max_examples=CASES_PER_OPERATION,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, seed=st.integers(0, 2**32 - 1))
    def answers_as_documented(case: "schemathesis.Case[Any]", seed: int) -> None:
        mix_in(case, served, seed)
        headers = headers_of(case, operation, served, seed)
        answer = case.call_and_validate(checks=CHECKS, headers=headers)
        answered.operations[f"{operation.method} {operation.path}"] += 1
        answered.statuses[answer.status_code] += 1

    answers_as_documented()


def _modes(operation: Operation) -> list[GenerationMode]:
    """Give how requests are made: what takes nothing cannot be asked wrongly."""
    takes_something = operation.takes or operation.query or "{" in operation.path
    return list(GenerationMode) if takes_something else [GenerationMode.POSITIVE]
