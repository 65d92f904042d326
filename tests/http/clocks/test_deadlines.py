"""The due dates of a dossier over HTTP, with all of their reasons, and on its page."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest

from api.resources.deadlines import DeadlineAnswer, ExplanationAnswer
from domain.calendars import parse_calendar
from ledger.bodies import canonical_json
from ledger.calendar_source import calendar_document
from ledger.drafting import Publishing, next_place
from tests.http.world import DossierHandle, World, a_world, fill_registry
from tests.support.builders import OFFICE, PROCEDURE

ANOTHER_DAY_OFF = date(2026, 11, 26)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, DossierHandle]]:
    """A dossier that was accepted, and a calendar that was published after that."""
    folder: Path = tmp_path_factory.mktemp("deadlines")
    with a_world(folder) as world:
        fill_registry(world)
        dossier = world.submit()
        world.wait(minutes=20)
        world.accept(dossier)
        publish_again(world)
        world.settle()
        world.follow()
        yield world, dossier


def publish_again(world: World) -> None:
    """Publish the calendar once more, with 26 November off."""
    calendar = parse_calendar(calendar_document(2026, 2026))
    days = tuple(sorted({*calendar.days_off, ANOTHER_DAY_OFF}))
    document = canonical_json(msgspec.structs.replace(calendar, days_off=days))
    place = next_place(world.parts.reader, "calendar:VN")
    what = Publishing(document, OFFICE, place, world.now)
    world.record(world.drafter.publish_calendar(world.keys["admin"], "VN", what))


def deadline_of(world: World, dossier: DossierHandle) -> DeadlineAnswer:
    result = world.client.simulate_get(
        f"/v1/dossiers/{dossier.stream}/deadline", headers={"Dossier-Secret": dossier.secret}
    )
    assert result.status_code == 200, result.text
    assert result.headers["cache-control"] == "no-store"
    return msgspec.json.decode(result.content, type=DeadlineAnswer)


def test_due_date_explains_itself(followed: tuple[World, DossierHandle]) -> None:
    answer = deadline_of(*followed)

    processing, *others = answer.clocks
    duties = ["intake_notice", "acceptance", "transfer", "send_back"]
    assert answer.basis == "counted"
    assert answer.due_legal == "2026-12-03"
    assert (processing.clock, processing.rule) == ("processing", "processing@v1")
    assert (processing.law.id, processing.law.verified) == ("nd118-2025", True)
    assert (processing.procedure, processing.procedure_version) == (PROCEDURE, 1)
    assert processing.calendar is not None
    assert (processing.calendar.id, processing.calendar.version) == ("VN", 2)
    assert (processing.limit.unit, processing.limit.amount) == ("working_days", 7)
    assert processing.start.reason == "day_after"
    assert [(day.day, day.reason) for day in processing.special_days] == [
        ("2026-11-24", "holiday"),
        ("2026-11-26", "day_off"),
    ]
    assert processing.weekend_days == 4
    assert answer.sentence == processing.sentence
    assert [each.clock for each in others] == duties
    assert answer.too_late is None


def test_later_calendar_is_named_with_both_dates_and_its_entry(
    followed: tuple[World, DossierHandle],
) -> None:
    world, dossier = followed

    (change,) = deadline_of(world, dossier).changes

    assert (change.before, change.after) == ("2026-12-02", "2026-12-03")
    assert (change.stream, change.version) == ("calendar:VN", 2)
    entry = world.client.simulate_get(f"/entries/{change.entry_index}", query_string="lang=en")
    assert "calendar:VN" in entry.text
    assert (
        "moved it from 2 December 2026 to 3 December 2026"
        in deadline_of(world, dossier).sentence.en
    )


def test_unverified_number_of_the_law_says_so(followed: tuple[World, DossierHandle]) -> None:
    acceptance = clock_of(deadline_of(*followed), "acceptance")

    assert not acceptance.verified
    assert not acceptance.law.verified
    assert acceptance.law.source is not None
    assert "was not checked against the text of the law" in acceptance.sentence.en
    assert "chưa được đối chiếu với văn bản luật" in acceptance.sentence.vi


def clock_of(answer: DeadlineAnswer, clock: str) -> ExplanationAnswer:
    (found,) = (each for each in answer.clocks if each.clock == clock)
    return found


def test_duties_of_the_office_are_told_with_their_limits_and_what_ended_them(
    followed: tuple[World, DossierHandle],
) -> None:
    answer = deadline_of(*followed)
    notice, transfer, send_back = (
        clock_of(answer, name) for name in ("intake_notice", "transfer", "send_back")
    )

    assert (notice.limit.unit, notice.limit.amount) == ("hours", 2)
    assert notice.ended_at is not None
    assert (transfer.limit.unit, transfer.limit.amount) == ("working_days", 0)
    assert transfer.ended_at is None
    assert transfer.law.source == "Decree 61/2018 art. 18"
    assert (send_back.limit.unit, send_back.limit.amount) == ("working_days", 3)
    assert not any(each.verified for each in (notice, transfer, send_back))


@pytest.mark.parametrize("headers", [{}, {"Dossier-Secret": "A" * 43 + "="}])
def test_whoever_may_not_see_the_dossier_may_not_see_its_due_dates(
    followed: tuple[World, DossierHandle], headers: dict[str, str]
) -> None:
    world, dossier = followed

    result = world.client.simulate_get(f"/v1/dossiers/{dossier.stream}/deadline", headers=headers)

    assert result.status_code == 404
    assert result.json["code"] == "unknown_dossier"


def test_answer_holds_public_facts_alone(followed: tuple[World, DossierHandle]) -> None:
    world, dossier = followed

    result = world.client.simulate_get(
        f"/v1/dossiers/{dossier.stream}/deadline", headers={"Dossier-Secret": dossier.secret}
    )

    assert dossier.code not in result.text
    assert dossier.secret not in result.text
    assert "Đặng Thị Hạnh" not in result.text


def test_page_of_the_dossier_shows_sentences_and_skipped_days(
    followed: tuple[World, DossierHandle],
) -> None:
    world, dossier = followed
    fields = {"dossier": dossier.stream.partition(":")[2], "secret": dossier.secret}

    for language, expected in (
        ("vi", ("Hạn giải quyết hồ sơ là 03/12/2026", "nghỉ lễ: Ngày Văn hóa Việt Nam")),
        ("en", ("The limit for processing the dossier ends on 3 December 2026", "Cultural Day")),
    ):
        page = world.client.simulate_post(
            "/dossiers",
            query_string=f"lang={language}",
            body=urlencode(fields),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert page.status_code == 200, page.text
        for text in expected:
            assert text in page.text


def test_dossier_that_nobody_accepted_has_the_clock_of_intake_alone(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        fill_registry(world)
        dossier = world.submit()
        world.settle()
        world.follow()

        answer = deadline_of(world, dossier)

    assert answer.basis == "not_accepted"
    assert answer.due_legal is None
    assert [clock.clock for clock in answer.clocks] == ["intake_notice", "acceptance"]
    assert "chưa được tiếp nhận" in answer.sentence.vi
