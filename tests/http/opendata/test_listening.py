"""Server-sent events: every act once and in order, for as many as the server bears."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from falcon.asgi import App, Request, Response

from api.error_handlers import add_error_handlers
from api.resources.opendata.listening import ListeningLimits, ListeningResource
from projections.opendata.acts import ActFilter
from tests.http.world import World, a_world, fill_registry
from tests.support.builders import OFFICE
from tests.support.opendata.listening import Listener

PATH = "/v1/feeds/entries"
STAYS = {"Accept": "text/event-stream"}
QUICK = ListeningLimits(poll_seconds=0.02, heartbeat_seconds=0.05)


def rows_of(world: World) -> list[dict[str, Any]]:
    text = world.client.simulate_get("/v1/open-data/events.jsonl").text
    return [json.loads(line) for line in text.splitlines()]


def an_app(
    world: World, limits: ListeningLimits = QUICK
) -> tuple["App[Request, Response]", ListeningResource]:
    app = App()
    add_error_handlers(app, world.parts.random_bytes)
    resource = ListeningResource(world.parts, limits)
    app.add_route(PATH, resource)
    return app, resource


async def heard(world: World, query: str = "", **headers: str) -> list[dict[str, Any]]:
    """Give what a client gets that does not stay."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    listener = Listener(an_app(world)[0], query, named)
    listener.start()
    assert not await listener.ended()
    assert listener.status == 200
    rows: list[dict[str, Any]] = [json.loads(event.data or "") for event in listener.shown]
    assert [event.id for event in listener.shown] == [str(row["entry_index"]) for row in rows]
    return rows


def test_who_does_not_stay_gets_everything_from_an_entry_on_and_the_end(told: World) -> None:
    wanted = rows_of(told)

    found = asyncio.run(heard(told, "from_entry=0"))

    kept = [name for name in wanted[0] if name != "at_start"]
    assert [[row[name] for name in kept] for row in found] == [
        [row[name] for name in kept] for row in wanted
    ]


def test_last_event_id_goes_on_after_that_entry_and_before_any_parameter(told: World) -> None:
    indexes = [row["entry_index"] for row in rows_of(told)]

    found = asyncio.run(heard(told, "from_entry=0", Last_Event_ID=str(indexes[4])))

    assert [row["entry_index"] for row in found] == indexes[5:]
    assert asyncio.run(heard(told, Last_Event_ID=str(indexes[-1] + 1000))) == []
    assert asyncio.run(heard(told)) == []


@pytest.mark.parametrize(
    ("member", "value"),
    [("office", OFFICE), ("kind", "dossier.accepted"), ("stream", f"office:{OFFICE}")],
)
def test_filters_leave_what_was_asked_for(told: World, member: str, value: str) -> None:
    wanted = [row["entry_index"] for row in rows_of(told) if row[member] == value]

    found = asyncio.run(heard(told, f"from_entry=0&{member}={value}"))

    assert wanted
    assert [row["entry_index"] for row in found] == wanted


def test_windows_of_any_size_lose_and_repeat_nothing(told: World) -> None:
    async def listen(entries_at_once: int) -> list[str | None]:
        limits = ListeningLimits(entries_at_once=entries_at_once)
        listener = Listener(an_app(told, limits)[0], "from_entry=0&kind=dossier.submitted")
        listener.start()
        await listener.ended()
        return [event.id for event in listener.shown]

    wanted = asyncio.run(listen(10_000))

    assert len(wanted) == 4
    for entries_at_once in (1, 2, 7):
        assert asyncio.run(listen(entries_at_once)) == wanted


@pytest.mark.parametrize("entries_at_once", [1, 2, 1_000])
def test_feed_of_one_office_is_whole_by_windows_of_any_size(
    told: World, entries_at_once: int
) -> None:
    limits = ListeningLimits(entries_at_once=entries_at_once)
    wanted = [str(row["entry_index"]) for row in rows_of(told) if row["office"] == OFFICE]

    async def listen(query: str) -> list[str | None]:
        listener = Listener(an_app(told, limits)[0], query, {})
        listener.start()
        await listener.ended()
        return [event.id for event in listener.shown]

    assert asyncio.run(listen(f"from_entry=0&office={OFFICE}")) == wanted
    assert asyncio.run(listen(f"from_entry={wanted[1]}&office={OFFICE}")) == wanted[1:]
    assert asyncio.run(listen("from_entry=0&office=nobody")) == []


def test_feed_of_a_rare_office_passes_over_all_others_at_once(told: World) -> None:
    _, resource = an_app(told, ListeningLimits(entries_at_once=1))

    window = resource._window(ActFilter(office="nobody"), 0)

    assert (window.acts, window.is_last) == ((), True)
    assert window.next_entry == told.parts.reader.sequenced_size()


def test_who_stays_hears_of_what_is_published_later(tmp_path: Path) -> None:
    async def listen(world: World) -> Listener:
        app, resource = an_app(world)
        listener = Listener(app, "kind=dossier.submitted", dict(STAYS))
        listener.start()
        await listener.until(lambda each: each.status == 200)
        assert resource.listeners == 1
        dossier = await asyncio.to_thread(world.submit)
        await asyncio.to_thread(_publish, world)
        await listener.until(lambda each: bool(each.shown))
        assert json.loads(listener.shown[0].data or "")["stream"] == dossier.stream
        await listener.leave()
        assert resource.listeners == 0
        return listener

    with a_world(tmp_path) as world:
        fill_registry(world)
        _publish(world)
        listener = asyncio.run(listen(world))

    assert len(listener.shown) == 1
    assert listener.answer_headers["content-type"] == "text/event-stream"
    assert listener.answer_headers["cache-control"] == "no-store"


def _publish(world: World) -> None:
    world.settle()
    world.follow()


def test_heartbeat_moves_the_place_over_entries_that_do_not_match(told: World) -> None:
    async def listen() -> Listener:
        app, _ = an_app(told)
        listener = Listener(app, "from_entry=0&office=nobody", dict(STAYS))
        listener.start()
        await listener.until(lambda each: len(each.parts) > 2)
        await listener.leave()
        return listener

    listener = asyncio.run(listen())

    assert listener.shown == []
    last = told.parts.reader.sequenced_size() - 1
    assert {event.id for event in listener.events if event.id} == {str(last)}


def test_one_listener_too_many_is_refused_with_a_code_and_a_time(told: World) -> None:
    limits = ListeningLimits(listeners=2, poll_seconds=0.02, heartbeat_seconds=0.05)

    async def listen() -> tuple[Listener, ListeningResource]:
        app, resource = an_app(told, limits)
        staying = [Listener(app, "", dict(STAYS)) for _ in range(2)]
        for each in staying:
            each.start()
            await each.until(lambda one: one.status == 200)
        refused = Listener(app, "", dict(STAYS))
        refused.start()
        await refused.ended()
        for each in staying:
            await each.leave()
        welcome = Listener(app, "from_entry=0")
        welcome.start()
        await welcome.ended()
        assert welcome.status == 200
        return refused, resource

    refused, resource = asyncio.run(listen())

    assert refused.status == 503
    assert json.loads(b"".join(refused.parts))["code"] == "too_many_listeners"
    assert int(refused.answer_headers["retry-after"]) >= 1
    assert resource.listeners == 0


def test_who_takes_nothing_for_some_time_is_cut_off_and_its_place_is_free(told: World) -> None:
    limits = ListeningLimits(poll_seconds=0.02, heartbeat_seconds=0.05, slowest_seconds=0.2)

    async def listen() -> tuple[bool, int]:
        app, resource = an_app(told, limits)
        stalling = Listener(app, "from_entry=0", dict(STAYS), stalls_after=3)
        quick = Listener(app, "from_entry=0", dict(STAYS))
        for each in (stalling, quick):
            each.start()
        was_cut = await stalling.ended()
        del stalling
        await quick.until(lambda _: resource.listeners == 1)
        heard_before = len(quick.parts)
        await quick.until(lambda each: len(each.parts) > heard_before)
        await quick.leave()
        return was_cut, resource.listeners

    assert asyncio.run(listen()) == (True, 0)


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("from_entry=x", {}),
        ("from_entry=9007199254740992", {}),
        ("kind=dossier.opened", {}),
        ("stream=nothing", {}),
        ("", {"Last-Event-ID": "a"}),
        ("", {"Last-Event-ID": "-1"}),
    ],
)
def test_impossible_place_or_filter_is_refused(
    told: World, query: str, headers: dict[str, str]
) -> None:
    answer = told.client.simulate_get(PATH, query_string=query, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (400, "malformed_parameter")


def test_nothing_is_ready_before_the_first_checkpoint(empty_world: World) -> None:
    answer = empty_world.client.simulate_get(PATH)

    assert (answer.status_code, answer.json["code"]) == (503, "not_ready")


@pytest.mark.parametrize("is_header", [True, False])
def test_place_of_thousands_of_digits_is_refused_and_no_failure(
    told: World, *, is_header: bool
) -> None:
    digits = "9" * 5_000
    headers = {"Last-Event-ID": digits} if is_header else {}
    query = "" if is_header else f"from_entry={digits}"

    answer = told.client.simulate_get(PATH, query_string=query, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (400, "malformed_parameter")
