"""The right to read, as one matrix: who asks, what for, and what the answer is.

SPEC: domain.md 3.4, "Publication classes" P0 to P5; formats.md, "By code alone". Nothing here
decides who somebody is; whoever answers a request finds that out and then asks `right_of`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Reader(StrEnum):
    """Who asks, as far as the request proves it."""

    ANYONE = "anyone"
    KNOWS_CODE = "knows_code"
    HOLDS_SECRET = "holds_secret"  # noqa: S105 - the name of a reader, not a secret
    HELD_SECRET = "held_secret"  # noqa: S105 - of a slip that was replaced
    HOLDS_KEY = "holds_key"
    PROXY = "proxy"
    OFFICER_WITH_TASK = "officer_with_task"
    OFFICER_WITHOUT_TASK = "officer_without_task"
    OFFICER_ELSEWHERE = "officer_elsewhere"
    HEAD_OF_OFFICE = "head_of_office"
    INSPECTOR = "inspector"
    INSPECTOR_UNDER_ORDER = "inspector_under_order"
    INSPECTOR_ELSEWHERE = "inspector_elsewhere"


class PublicationClass(StrEnum):
    """The classes of domain.md 3.4."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"
    P5 = "P5"


class Subject(StrEnum):
    """What is asked for."""

    FIGURES = "figures"
    PUBLIC_RECORD = "public_record"
    SHARE_DONE = "share_done"
    STATUS = "status"
    TIMELINE = "timeline"
    VEILED_RECORD = "veiled_record"
    PRIVATE_DETAILS = "private_details"
    PERSONS = "persons"
    OFFICERS = "officers"
    READS = "reads"
    INTERNAL_DETAILS = "internal_details"
    FINDINGS = "findings"
    ASKED_FINDINGS = "asked_findings"
    TRAIL = "trail"
    QUEUES = "queues"
    OFFICER_EVALUATION = "officer_evaluation"
    DENUNCIATION = "denunciation"
    RATING_LINK = "rating_link"


class Right(StrEnum):
    """The answer of one cell.

    `RECORDED`: open once an entry on the dossier's access stream says so. `WITHHELD`: the answer
    comes without it. All others refuse: `UNKNOWN` as if there were no such dossier, `NOT_YOURS` to
    an officer without a task there, `REPLACED` to whoever has a slip that was replaced,
    `ORDER_NEEDED` until an inspection order is named,
    `UNPROVEN` where the request is not signed by an enrolled key, `NOT_AN_INSPECTOR` where it is
    by another's, `SEALED` as if there were nothing.
    """

    OPEN = "open"
    RECORDED = "recorded"
    WITHHELD = "withheld"
    UNKNOWN = "unknown"
    NOT_YOURS = "not_yours"
    REPLACED = "replaced"
    ORDER_NEEDED = "order_needed"
    UNPROVEN = "unproven"
    NOT_AN_INSPECTOR = "not_an_inspector"
    SEALED = "sealed"


CLASS_OF: Final[Mapping[Subject, PublicationClass]] = {
    Subject.FIGURES: PublicationClass.P0,
    Subject.PUBLIC_RECORD: PublicationClass.P0,
    Subject.SHARE_DONE: PublicationClass.P1,
    Subject.STATUS: PublicationClass.P2,
    Subject.TIMELINE: PublicationClass.P2,
    Subject.VEILED_RECORD: PublicationClass.P2,
    Subject.PRIVATE_DETAILS: PublicationClass.P2,
    Subject.PERSONS: PublicationClass.P2,
    Subject.OFFICERS: PublicationClass.P2,
    Subject.READS: PublicationClass.P2,
    Subject.INTERNAL_DETAILS: PublicationClass.P3,
    Subject.FINDINGS: PublicationClass.P4,
    Subject.ASKED_FINDINGS: PublicationClass.P4,
    Subject.TRAIL: PublicationClass.P4,
    Subject.QUEUES: PublicationClass.P3,
    Subject.OFFICER_EVALUATION: PublicationClass.P4,
    Subject.DENUNCIATION: PublicationClass.P5,
    Subject.RATING_LINK: PublicationClass.P5,
}

_STRANGERS: Final = (Reader.ANYONE, Reader.KNOWS_CODE)
_HOLDERS: Final = (Reader.HOLDS_SECRET, Reader.HOLDS_KEY, Reader.PROXY)
_OFFICERS: Final = (
    Reader.OFFICER_WITH_TASK,
    Reader.OFFICER_WITHOUT_TASK,
    Reader.OFFICER_ELSEWHERE,
    Reader.HEAD_OF_OFFICE,
)
_INSPECTORS: Final = (Reader.INSPECTOR, Reader.INSPECTOR_UNDER_ORDER)

# Whoever has no business with a dossier, in each subject about one.
_NO_BUSINESS: Final = {
    **dict.fromkeys(_STRANGERS, Right.UNKNOWN),
    Reader.OFFICER_WITHOUT_TASK: Right.NOT_YOURS,
    Reader.OFFICER_ELSEWHERE: Right.NOT_YOURS,
    # A head is one of the office's officers: without a task a dossier is not theirs either.
    Reader.HEAD_OF_OFFICE: Right.NOT_YOURS,
    Reader.INSPECTOR_ELSEWHERE: Right.NOT_YOURS,
    Reader.HELD_SECRET: Right.REPLACED,
}
_TO_HOLDERS: Final = dict.fromkeys(_HOLDERS, Right.OPEN)
_TO_ALL: Final = dict.fromkeys(Reader, Right.OPEN)
_TO_NOBODY: Final = dict.fromkeys(Reader, Right.SEALED)
_OF_A_DOSSIER: Final = {
    **_NO_BUSINESS,
    **_TO_HOLDERS,
    Reader.OFFICER_WITH_TASK: Right.OPEN,
    **dict.fromkeys(_INSPECTORS, Right.OPEN),
}
_RECORDED: Final = {
    **_OF_A_DOSSIER,
    Reader.OFFICER_WITH_TASK: Right.RECORDED,
    **dict.fromkeys(_INSPECTORS, Right.RECORDED),
}
# SPEC: domain.md 3.4: inspectors read by pseudonyms; opening names takes an order.
_NAMES: Final = {**_RECORDED, Reader.INSPECTOR: Right.ORDER_NEEDED}
_OVERSIGHT: Final = {
    **dict.fromkeys((*_STRANGERS, Reader.HELD_SECRET, *_HOLDERS), Right.UNPROVEN),
    **dict.fromkeys(_OFFICERS, Right.NOT_AN_INSPECTOR),
    **dict.fromkeys(_INSPECTORS, Right.OPEN),
    Reader.INSPECTOR_ELSEWHERE: Right.WITHHELD,
}

# What is for whoever holds an officer's role at the office that it lies with, task or none.
_TO_OFFICE: Final = {
    **_OVERSIGHT,
    **dict.fromkeys((*_OFFICERS, *_INSPECTORS, Reader.INSPECTOR_ELSEWHERE), Right.NOT_YOURS),
    Reader.OFFICER_WITH_TASK: Right.OPEN,
    Reader.OFFICER_WITHOUT_TASK: Right.OPEN,
    Reader.HEAD_OF_OFFICE: Right.OPEN,
}

RIGHTS: Final[Mapping[Subject, Mapping[Reader, Right]]] = {
    Subject.FIGURES: _TO_ALL,
    Subject.PUBLIC_RECORD: _TO_ALL,
    Subject.SHARE_DONE: {**_OF_A_DOSSIER, Reader.KNOWS_CODE: Right.OPEN},
    Subject.STATUS: _OF_A_DOSSIER,
    Subject.TIMELINE: _OF_A_DOSSIER,
    # What the log shows to all of an open dossier; whoever signs its next act must name the last.
    Subject.VEILED_RECORD: {
        **_OF_A_DOSSIER,
        Reader.OFFICER_WITHOUT_TASK: Right.OPEN,
        Reader.HEAD_OF_OFFICE: Right.OPEN,
    },
    Subject.PRIVATE_DETAILS: _RECORDED,
    Subject.PERSONS: _NAMES,
    Subject.OFFICERS: _NAMES,
    # The true holder of a slip that somebody else replaced must see that, and who had looked.
    Subject.READS: {**_OF_A_DOSSIER, Reader.HELD_SECRET: Right.OPEN},
    # What concerns an officer's own interests, or why a dossier is kept, is not the party's.
    Subject.INTERNAL_DETAILS: {**_RECORDED, **dict.fromkeys(_HOLDERS, Right.WITHHELD)},
    Subject.FINDINGS: _OVERSIGHT,
    # SPEC: domain.md 7.2: whoever is asked must see what; what is personal goes to that person.
    Subject.ASKED_FINDINGS: _TO_OFFICE,
    Subject.TRAIL: _OVERSIGHT,
    # Of a veiled dossier they may see as much by its head, and of an open one everybody may.
    Subject.QUEUES: _TO_OFFICE,
    # SPEC: domain.md 6.1, P4: to inspectors and the head of the officer's office, to nobody else.
    Subject.OFFICER_EVALUATION: {
        **_OVERSIGHT,
        **dict.fromkeys(_OFFICERS, Right.NOT_YOURS),
        Reader.HEAD_OF_OFFICE: Right.OPEN,
    },
    Subject.DENUNCIATION: _TO_NOBODY,
    Subject.RATING_LINK: _TO_NOBODY,
}


def right_of(reader: Reader, subject: Subject) -> Right:
    """Give the cell of the matrix."""
    return RIGHTS[subject][reader]
