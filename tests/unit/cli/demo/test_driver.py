from datetime import UTC, datetime, timedelta
from random import Random
from typing import cast

import pytest

from api.bodies import BatchVerdict, RecordedAnswer, encode, parse_action
from cli.demo.driver import MAX_TICK_STEPS, TICK, Driver, ScenarioBroken, in_ticks
from cli.demo.http_client import HttpClient, Reply
from cli.demo.steps import ActorKeys, Step
from domain.facts import Channel, DossierSubmitted, SupplementSubmitted
from domain.roles import Role
from ledger.action_notes import open_text
from ledger.drafting import Drafter
from transparency.encoding import encode_base64
from transparency.hashing import leaf_hash

LEDGER = "localhost/0a1b2c3d"
STREAM = "dossier:0b6f0000000000000000000000000001"
START = datetime(2026, 3, 2, 1, tzinfo=UTC)


class FakeClient:
    """Answers as a server would that records everything, or says what it is told to say."""

    def __init__(self, *, status: int = 201, body: bytes | None = None):
        self.sent: list[bytes] = []
        self._status = status
        self._body = body

    def post(self, path: str, body: bytes, _headers: object) -> Reply:
        lines = body.splitlines() if path.endswith("/batch") else [body]
        self.sent += lines
        if self._body is not None:
            return Reply(self._status, self._body)
        if path.endswith("/batch"):
            verdicts = [BatchVerdict(line=n, code="") for n in range(1, len(lines) + 1)]
            return Reply(200, b"\n".join(encode(verdict) for verdict in verdicts))
        answer = RecordedAnswer(entry_index=7, stream=STREAM, version=1, receipt="a receipt")
        return Reply(201, encode(answer))


def a_driver(client: FakeClient) -> tuple[Driver, list[datetime], ActorKeys]:
    keys = ActorKeys(Random(1).randbytes)
    clock: list[datetime] = []
    drafter = Drafter(LEDGER, Random(2).randbytes)
    return Driver(cast("HttpClient", client), drafter, keys, clock.append), clock, keys


def a_submission(
    keys: ActorKeys,
    at: datetime = START,
    *,
    story: str | None = None,
    refusal_code: str = "",
) -> Step:
    facts = DossierSubmitted(
        procedure="1.004222", channel=Channel.ONLINE, applicant_key=keys.vkey("applicant-1")
    )
    return Step(
        at=at,
        sent_at=at,
        kind="dossier.submitted",
        stream=STREAM,
        office="H27.101",
        signers=((Role.APPLICANT, "applicant-1"),),
        facts=facts,
        story=story,
        refusal_code=refusal_code,
    )


def a_supplement(at: datetime) -> Step:
    return Step(
        at=at,
        sent_at=at,
        kind="dossier.supplement_submitted",
        stream=STREAM,
        office="H27.101",
        signers=((Role.APPLICANT, "applicant-1"),),
        facts=SupplementSubmitted(),
    )


def run(driver: Driver, *steps: Step) -> None:
    for _ in driver.drive(steps):
        pass


def test_clock_stands_at_the_last_step_of_a_tick_before_it_is_sent() -> None:
    driver, clock, keys = a_driver(FakeClient())
    later = START + timedelta(minutes=30)

    run(driver, a_submission(keys), a_supplement(later))

    assert clock == [later]
    assert driver.driven.recorded == 2


def test_next_action_of_a_stream_names_the_one_before() -> None:
    client = FakeClient()
    driver, _, keys = a_driver(client)

    run(driver, a_submission(keys), a_supplement(START + timedelta(days=1)))

    first, second = [parse_action(line).note for line in client.sent]
    action = open_text(second, LEDGER).action
    assert action.version == 2
    assert action.previous == encode_base64(leaf_hash(first))


def test_story_is_sent_alone_and_its_receipt_is_kept() -> None:
    driver, _, keys = a_driver(FakeClient())

    run(driver, a_submission(keys, story="smooth"))

    (kept,) = driver.driven.receipts_of(STREAM)
    assert (kept.version, kept.entry_index, kept.receipt) == (1, 7, b"a receipt")


def test_refusal_that_nobody_expected_ends_the_run() -> None:
    verdict = encode(BatchVerdict(line=1, code="not_permitted"))
    driver, _, keys = a_driver(FakeClient(status=200, body=verdict))

    with pytest.raises(ScenarioBroken, match="not_permitted"):
        run(driver, a_submission(keys))


def test_expected_refusal_is_kept_and_the_stream_stays_where_it_was() -> None:
    body = b'{"code":"key_revoked","refusal":"a signed refusal"}'
    client = FakeClient(status=422, body=body)
    driver, _, keys = a_driver(client)

    run(driver, a_submission(keys, story="revoked", refusal_code="key_revoked"))
    run(driver, a_submission(keys, story="revoked", refusal_code="key_revoked"))

    assert [refusal.refusal for refusal in driver.driven.refusals] == [b"a signed refusal"] * 2
    assert client.sent[0] == client.sent[1]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (201, b"{}"),
        (422, b'{"code":"not_your_role","refusal":"signed"}'),
        (422, b'{"code":"key_revoked"}'),
    ],
    ids=["recorded after all", "refused for another reason", "refused without a signature"],
)
def test_expected_refusal_that_comes_otherwise_ends_the_run(status: int, body: bytes) -> None:
    driver, _, keys = a_driver(FakeClient(status=status, body=body))

    with pytest.raises(ScenarioBroken):
        run(driver, a_submission(keys, story="revoked", refusal_code="key_revoked"))


def test_tick_is_shorter_than_the_tolerance_for_late_recording() -> None:
    keys = ActorKeys(Random(1).randbytes)
    steps = [a_submission(keys, START + timedelta(minutes=20 * n)) for n in range(30)]

    ticks = list(in_ticks(steps))

    assert [step for tick in ticks for step in tick] == steps
    assert all(tick[-1].sent_at - tick[0].sent_at <= TICK for tick in ticks)
    assert timedelta(hours=4) > TICK


def test_tick_holds_no_more_than_a_batch_may() -> None:
    keys = ActorKeys(Random(1).randbytes)

    ticks = list(in_ticks([a_submission(keys)] * (MAX_TICK_STEPS + 1)))

    assert [len(tick) for tick in ticks] == [MAX_TICK_STEPS, 1]
