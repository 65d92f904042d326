"""Kinds: the closed table agrees with the classes of facts, the transitions and the folds."""

import msgspec
import pytest

from domain import facts
from domain.actions import Kind, StreamType
from domain.kinds import KINDS
from domain.roles import Role
from domain.rules.dossier_fold import EFFECTS, PERSON_MARKS, RESUMING
from domain.rules.facts import FACT_RULES
from domain.rules.registry_fold import REGISTRY_FOLDS
from domain.transitions import TRANSITIONS


def _leaves(base: type) -> set[type]:
    below: list[type] = base.__subclasses__()
    return set().union(*(_leaves(each) for each in below)) if below else {base}


def test_every_class_of_facts_has_one_line_in_the_table() -> None:
    in_table = [kind.facts for kind in KINDS.values()]

    assert set(in_table) == _leaves(facts.Facts)
    assert len(in_table) == len(set(in_table))


def test_every_class_of_details_belongs_to_the_kind_it_is_named_after() -> None:
    in_table = {kind.details for kind in KINDS.values() if kind.details is not None}

    assert in_table == _leaves(facts.Details)
    for kind in KINDS.values():
        if kind.details is not None:
            assert kind.details.__name__ == kind.facts.__name__ + "Details"


def test_every_kind_has_a_transition_row_and_every_row_a_kind() -> None:
    assert set(TRANSITIONS) == set(KINDS)


def test_every_fold_effect_and_rule_belongs_to_a_kind() -> None:
    dossier_kinds = {name for name, kind in KINDS.items() if kind.stream is StreamType.DOSSIER}

    assert set(REGISTRY_FOLDS) == set(KINDS) - dossier_kinds
    assert set(EFFECTS) | set(PERSON_MARKS) | set(RESUMING) <= dossier_kinds
    assert set(FACT_RULES) <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_kind_is_named_after_its_stream_and_its_facts(kind: Kind) -> None:
    stream, _, act = kind.name.partition(".")

    assert stream == kind.stream
    words = "".join(word.capitalize() for word in act.split("_"))
    assert kind.facts.__name__ in {words, stream.capitalize() + words}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_importer_signs_exactly_the_kinds_with_importable_facts(kind: Kind) -> None:
    importable = issubclass(kind.facts, facts.ImportableFacts)

    assert (Role.IMPORTER in kind.signers.alone) == importable
    assert not importable or kind.stream is StreamType.DOSSIER


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_facts_are_frozen_and_refuse_unknown_members(kind: Kind) -> None:
    for shape in (kind.facts, kind.details):
        if shape is not None:
            config = shape.__struct_config__
            assert config.frozen
            assert config.forbid_unknown_fields
            assert config.omit_defaults
            assert msgspec.json.schema(shape)


def test_only_ratings_and_denunciations_are_deferred() -> None:
    assert [name for name, kind in KINDS.items() if kind.deferred] == [
        "rating.satisfaction_rated",
        "denunciation.received",
    ]


def test_details_are_required_only_where_there_are_any() -> None:
    assert all(kind.details is not None for kind in KINDS.values() if kind.details_required)
