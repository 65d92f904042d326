"""The scenario: three months of a synthetic province as one list of steps, ordered by time.

It is pure and seeded: the same chance and the same random bytes give the same steps. A handful of
dossiers are *stories*, which the tour shows and whose course is written down here; all others go
as chance has it, within what offices and citizens usually do.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from msgspec.structs import replace as replace_struct

from cli.demo.acting import Course, Ending, Matter
from cli.demo.catalogue import CATALOGUE, SERVICE_CENTRE, CatalogueEntry, entry_of
from cli.demo.lives import Life
from cli.demo.petitions import PlayedPetition, play_petitions
from cli.demo.province import (
    CAM_LAC,
    CAM_XUYEN,
    COMMUNES,
    LEAVING,
    QUARTERS_NEW,
    QUARTERS_OLD,
    SONG_TRI,
    SUCCESSOR,
    THANH_SEN,
    THIEN_CAM,
    Officer,
    opening_steps,
    register_key,
    replace_key,
    revoke_key,
)
from cli.demo.steps import ActorKeys, Chance, Step
from cli.demo.world import (
    FIRST_DAY,
    LAST_DAY,
    QUARTER_CHANGES_AT,
    REPLACED_ON,
    World,
    local,
    local_day,
)
from domain.facts import Channel, DossierAcceptedDetails, Grant, SupplementRequested
from domain.procedures import LimitUnit, SupplementPolicy
from domain.roles import Role
from ledger.calendar_source import calendar_document

DEFAULT_DOSSIERS: Final = 600
OPENS_AT: Final = local(FIRST_DAY, "07:00")
FIRST_SUBMISSION: Final = local(FIRST_DAY, "07:30")
CLOSES_AT: Final = local(LAST_DAY, "18:00")

SMOOTH: Final = "smooth"
APOLOGY: Final = "late with apology"
SILENT: Final = "late without apology"
TWICE: Final = "asked twice"
DOUBLE: Final = "accepts and approves"
BACK_DATED: Final = "dated back"
REVOKED: Final = "revoked key"
LOST_SLIP: Final = "by post"


@dataclass(frozen=True, slots=True)
class Story:
    """One dossier that the tour shows: what it is about, where and when it starts, its course."""

    name: str
    procedure: str
    office: str
    start: datetime
    course: Course


def _on(month: int, day: int, clock: str) -> datetime:
    return local(date(FIRST_DAY.year, month, day), clock)


STORIES: Final = (
    Story(SMOOTH, "1.004222", CAM_LAC, _on(3, 3, "20:14"), Course(pace=0.4, rating=5)),
    Story(
        APOLOGY,
        "3.000347",
        SERVICE_CENTRE,
        _on(3, 16, "09:05"),
        Course(channel=Channel.COUNTER, late_working_days=3, apologises=True, rating=4),
    ),
    Story(
        SILENT,
        "1.004194",
        CAM_LAC,
        _on(4, 6, "08:40"),
        Course(late_working_days=6, rating=1),
    ),
    Story(
        "withdrawn",
        "1.001612",
        CAM_XUYEN,
        _on(4, 20, "15:20"),
        Course(ending=Ending.WITHDRAWN),
    ),
    Story(
        "refused after appraisal",
        "1.004222",
        SONG_TRI,
        _on(4, 8, "10:30"),
        Course(channel=Channel.COUNTER, ending=Ending.REFUSED, pace=0.7),
    ),
    Story(
        "refused at intake",
        "2.000004",
        SERVICE_CENTRE,
        _on(3, 24, "11:00"),
        Course(ending=Ending.NOT_ACCEPTED),
    ),
    Story(
        TWICE,
        "1.014063",
        THANH_SEN,
        _on(3, 11, "14:10"),
        Course(supplements=2, rating=2),
    ),
    Story(
        DOUBLE,
        "1.004194",
        THIEN_CAM,
        _on(4, 13, "08:30"),
        Course(channel=Channel.COUNTER, double_hat=True),
    ),
    Story(
        BACK_DATED,
        "1.001612",
        SONG_TRI,
        _on(5, 5, "08:15"),
        Course(channel=Channel.COUNTER, hides_delay=True, pace=0.8),
    ),
    Story(
        "two agencies",
        "1.001667",
        CAM_LAC,
        _on(4, 22, "21:47"),
        Course(supplements=1, pace=0.6, rating=5),
    ),
    Story(
        LOST_SLIP,
        "1.004222",
        THIEN_CAM,
        _on(5, 11, "10:05"),
        Course(channel=Channel.POST, intake_supplement=True, loses_slip=True),
    ),
    Story(
        REVOKED,
        "1.014063",
        CAM_LAC,
        _on(4, 10, "08:50"),
        Course(channel=Channel.COUNTER, pace=0.9, processing_seat=1),
    ),
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """All steps in the order in which they are handed in, and the stream of each story.

    ``petitions`` are what petitioners keep; ``renewed`` is the officer's key that was replaced.
    """

    steps: tuple[Step, ...]
    stories: dict[str, str]
    dossiers: int
    petitions: tuple[PlayedPetition, ...]
    renewed: str


def build_scenario(chance: Chance, keys: ActorKeys, dossiers: int = DEFAULT_DOSSIERS) -> Scenario:
    """Write the scenario: the registry's acts, the stories, and as many dossiers by chance."""
    assert dossiers >= len(STORIES)
    calendar = calendar_document()
    world = World.of(calendar, chance, keys)
    numbers = iter(range(1, dossiers + 1))
    steps: list[Step] = []
    stories: dict[str, str] = {}
    for story in STORIES:
        matter = _matter(chance, next(numbers), entry_of(story.procedure), story.office, story.name)
        stories[story.name] = matter.stream
        steps += Life(world, matter, story.course).play(story.start)
    for number in numbers:
        entry = chance.choices(CATALOGUE, [entry.weight for entry in CATALOGUE])[0]
        office = entry.taken_in_at or chance.choice(COMMUNES)
        course = _course_by_chance(chance, entry)
        start = _start_by_chance(world, course.channel)
        steps += Life(world, _matter(chance, number, entry, office), course).play(start)
    steps += _change_of_staff(keys)
    petitions = tuple(play_petitions(chance, keys))
    steps += [step for petition in petitions for step in petition.steps]
    ordered = sorted(steps, key=_when_sent)
    ordered = _with_refused_step(ordered, stories[REVOKED])
    in_time = [step for step in ordered if step.sent_at <= CLOSES_AT]
    opening = opening_steps(keys, calendar, OPENS_AT)
    assert opening[-1].sent_at < in_time[0].sent_at
    ordered = [*opening, *_with_codes(in_time)]
    return Scenario(tuple(ordered), stories, dossiers, petitions, keys.of(QUARTERS_OLD).name)


def _when_sent(step: Step) -> datetime:
    return step.sent_at


def _matter(
    chance: Chance, number: int, entry: CatalogueEntry, office: str, story: str | None = None
) -> Matter:
    return Matter(
        stream=f"dossier:{chance.getrandbits(128):032x}",
        rating_stream=f"rating:{chance.getrandbits(128):032x}",
        number=number,
        entry=entry,
        office=office,
        story=story,
    )


def _course_by_chance(chance: Chance, entry: CatalogueEntry) -> Course:
    channel = chance.choices((Channel.ONLINE, Channel.COUNTER, Channel.POST), (66, 30, 4))[0]
    ending = chance.choices(tuple(Ending), (90, 4, 3, 3))[0]
    is_late = chance.random() < 0.08  # noqa: PLR2004 - a share
    can_ask = (
        entry.procedure.limit.unit is not LimitUnit.UNKNOWN
        and entry.procedure.supplement_policy is not SupplementPolicy.NONE
    )
    asked = chance.choices(("never", "at intake", "later"), (80, 8, 12))[0]
    return Course(
        channel=channel,
        ending=ending,
        # Nobody is asked twice by chance: that is a story of its own.
        intake_supplement=asked == "at intake",
        supplements=int(can_ask and asked == "later"),
        pace=0.2 + 0.65 * chance.random(),
        late_working_days=chance.randint(1, 6) if is_late else 0,
        apologises=is_late and _happens(chance, 0.4),
        fetched=_happens(chance, 0.93),
        rating=chance.choices((5, 4, 3, 2, 1), (50, 25, 12, 8, 5))[0]
        if _happens(chance, 0.3)
        else None,
    )


def _happens(chance: Chance, share: float) -> bool:
    return chance.random() < share


def _start_by_chance(world: World, channel: Channel) -> datetime:
    """Pick a moment: online at any hour, mostly by day; otherwise in office time."""
    chance = world.chance
    while True:
        day = FIRST_DAY + timedelta(days=chance.randint(0, (LAST_DAY - FIRST_DAY).days))
        if channel is Channel.ONLINE:
            hour = chance.choices((2, 7, 9, 14, 20), (2, 8, 42, 32, 16))[0]
            minutes = chance.randint(0, 179)
            start = local(day, f"{hour:02d}:00") + timedelta(minutes=minutes)
            if FIRST_SUBMISSION <= start < CLOSES_AT and (
                world.is_working(day) or _happens(chance, 0.3)
            ):
                return start
        elif world.is_working(day):
            return world.after_minutes(world.opening(day), 5, 430)


def _change_of_staff(keys: ActorKeys) -> Iterator[Step]:
    """Let one officer go, whose key is revoked, and give another the quarter's new key."""
    yield from replace_key(keys, QUARTERS_OLD, QUARTERS_NEW, QUARTER_CHANGES_AT)
    officer = Officer(SUCCESSOR, (Grant(Role.PROCESSOR, CAM_LAC),), "Chuyên viên thụ lý")
    yield register_key(keys, officer, local(REPLACED_ON, "16:40"), 900)
    yield revoke_key(keys, LEAVING, local(REPLACED_ON, "17:05"))


def _with_refused_step(steps: list[Step], stream: str) -> list[Step]:
    """Let the officer who left sign once more, on a dossier that was on that desk: refused."""
    at = local(REPLACED_ON + timedelta(days=1), "09:00")
    attempt = Step(
        at=at,
        sent_at=at,
        kind="dossier.supplement_requested",
        stream=stream,
        office=CAM_LAC,
        signers=((Role.PROCESSOR, LEAVING),),
        facts=SupplementRequested(),
        story=REVOKED,
        refusal_code="key_revoked",
    )
    return sorted([*steps, attempt], key=_when_sent)


def _with_codes(steps: list[Step]) -> Iterator[Step]:
    """Number what is accepted: office, day, and the running number of the day."""
    issued: dict[tuple[str | None, date], int] = {}
    for step in steps:
        if not isinstance(step.details, DossierAcceptedDetails):
            yield step
            continue
        day = local_day(step.at)
        number = issued[step.office, day] = issued.get((step.office, day), 0) + 1
        details = replace_struct(
            step.details,
            code=f"{step.office}-{day:%y%m%d}-{number:04d}",
            register_number=f"{number}/{day:%d%m}",
        )
        yield replace(step, details=details)
