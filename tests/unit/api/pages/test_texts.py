"""The catalogue: both languages say everything, and nothing is said that no page uses."""

import re
import string
from collections.abc import Iterable

import msgspec
import pytest

from api.negotiation import Language
from api.pages.dossiers import SHOWN_FACTS, DueState
from api.pages.texts import LANGUAGES, TEXTS_FOLDER, load_sentences, load_texts, parse_language
from domain.clocks.explanations import DayReason
from domain.dossiers import Channel, Outcome, Status, WaitKind
from domain.evaluation import AGENCY_INDICATORS, AgencyBand
from domain.facts.feedback import (
    ComplaintOutcome,
    FeedbackCategory,
    FeedbackVerdict,
    SatisfactionRatedDetails,
)
from domain.facts.integrity import (
    AccessPurpose,
    CorrectableField,
    ErasureGround,
    FindingVerdict,
    LateEntryGround,
)
from domain.facts.reasons import ApologyReason, IntakeRefusalReason, RefusalReason
from domain.facts.waiting import ClosingGround, ReschedulingGround
from domain.index766 import Group, State
from domain.kinds import KINDS
from domain.offices import Level
from domain.procedures import LimitUnit
from domain.roles import Assurance, Role
from domain.transitions import Clock
from projections.evaluating.office import Missing, Source
from projections.opendata.files import Form
from projections.opendata.shapes import ColumnType
from tests.unit.api.pages.test_measures import codes_of_measures

PAGES = TEXTS_FOLDER.parent
LITERAL = re.compile(r"""["']([a-z_]+\.[a-z0-9_.]+)["']""")
# Sections whose members are the members of a closed table; `test_every_member…` holds them.
TABLES: dict[str, set[str]] = {
    "kind": set(KINDS),
    "column_type": {kind.value for kind in ColumnType},
    "data_form": {form.value for form in Form},
    "role": {role.value for role in Role},
    "assurance": {assurance.value for assurance in Assurance},
    "status": {str(status.value) for status in Status},
    "channel": {channel.value for channel in Channel},
    "outcome": {outcome.value for outcome in (*Outcome, *ComplaintOutcome)},
    "verdict": {verdict.value for verdict in (*FeedbackVerdict, *FindingVerdict)},
    "reason_code": {
        reason.value for reason in (*IntakeRefusalReason, *ApologyReason, *RefusalReason)
    },
    "category": {category.value for category in FeedbackCategory},
    "ground": {
        ground.value
        for ground in (*ClosingGround, *ReschedulingGround, *LateEntryGround, *ErasureGround)
    },
    "correctable": {field.value for field in CorrectableField},
    "measure": codes_of_measures(),
    "wait": {kind.value for kind in WaitKind},
    "purpose": {purpose.value for purpose in AccessPurpose},
    "clock": {clock.value for clock in Clock},
    "day_reason": {reason.value for reason in DayReason},
    "level": {level.value for level in Level},
    "indicator": {str(number) for number in AGENCY_INDICATORS},
    "indicator_source": {source.value for source in Source},
    "indicator_missing": {missing.value for missing in Missing},
    "agency_band": {band.value for band in AgencyBand},
    "index_group": {group.value for group in Group},
    "index_state": {State.NOT_APPLICABLE.value, State.INFORMATION.value},
    "rated_question": set(SatisfactionRatedDetails.__struct_fields__),
    "limit": {unit.value for unit in LimitUnit} - {LimitUnit.UNKNOWN.value},
    "fact": {field.name for kind in KINDS.values() for field in msgspec.structs.fields(kind.facts)},
}


def _keys_named_in_the_source() -> set[str]:
    files = [*PAGES.rglob("*.py"), *(PAGES / "templates").glob("*.html")]
    named = {key for file in files for key in LITERAL.findall(file.read_text(encoding="utf-8"))}
    named = {key for key in named if not key.endswith((".html", ".css", ".svg"))}
    named |= {f"fact_line.{name}" for name in SHOWN_FACTS}
    named |= {f"dossier.{state.value}" for state in DueState}
    return named


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def _all_sentences() -> Iterable[tuple[str, dict[Language, str]]]:
    return load_sentences().items()


def test_every_sentence_is_there_in_both_languages() -> None:
    for key, both in _all_sentences():
        assert set(both) == set(LANGUAGES), key
        assert all(sentence.strip() for sentence in both.values()), key


def test_both_languages_name_the_same_values() -> None:
    for key, both in _all_sentences():
        assert _placeholders(both["vi"]) == _placeholders(both["en"]), key


def test_no_sentence_is_unused() -> None:
    used = _keys_named_in_the_source()

    unused = {
        key
        for key, _ in _all_sentences()
        if key not in used and key.partition(".")[0] not in TABLES
    }

    assert unused == set()


def test_every_sentence_that_a_page_names_exists() -> None:
    known = dict(_all_sentences())
    sections = {key.partition(".")[0] for key in known}

    missing = {
        key
        for key in _keys_named_in_the_source()
        if key.partition(".")[0] in sections - TABLES.keys() and key not in known
    }

    assert missing == set()


@pytest.mark.parametrize("section", sorted(TABLES))
def test_every_member_of_a_closed_table_has_words(section: str) -> None:
    members = {
        key.partition(".")[2] for key, _ in _all_sentences() if key.startswith(f"{section}.")
    }

    assert members == TABLES[section]


def test_statuses_bear_their_official_names() -> None:
    texts = load_texts()["vi"]

    names = [texts(f"status.{number}") for number in range(1, 11)]

    assert names == [
        "Mới đăng ký",
        "Được tiếp nhận",
        "Không được tiếp nhận",
        "Đang xử lý",
        "Yêu cầu bổ sung giấy tờ",
        "Yêu cầu thực hiện nghĩa vụ tài chính",
        "Công dân yêu cầu rút hồ sơ",
        "Dừng xử lý",
        "Đã xử lý xong",
        "Đã trả kết quả",
    ]


@pytest.mark.parametrize("text", [None, "", "fr", "VI", "vi-VN"])
def test_other_languages_are_not_taken(text: str | None) -> None:
    assert parse_language(text) is None


def test_roles_bear_no_comma_so_that_a_list_of_them_can_be_read() -> None:
    roles = [both for key, both in _all_sentences() if key.startswith("role.")]

    assert roles
    assert not [name for both in roles for name in both.values() if "," in name]


@pytest.mark.parametrize(
    ("language", "word"), [("vi", "mục lục"), ("vi", "nhân chứng"), ("en", "agency")]
)
def test_words_that_the_glossary_has_others_for_stand_on_no_page(
    language: Language, word: str
) -> None:
    said = [key for key, both in _all_sentences() if word in both[language].lower()]

    assert said == []
