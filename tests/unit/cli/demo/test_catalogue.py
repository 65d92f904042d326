"""The demo's procedures are those of the sample catalogue: one set of facts, two uses."""

from pathlib import Path

import pytest

from cli.demo.catalogue import CATALOGUE, CatalogueEntry
from domain.procedures import parse_procedure

SAMPLES = Path(__file__).parents[4] / "examples" / "catalogue"


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.procedure.code)
def test_demo_states_name_level_field_and_limit_as_the_sample_does(entry: CatalogueEntry) -> None:
    shown = entry.procedure
    sample = parse_procedure((SAMPLES / f"{shown.code}.json").read_bytes())

    assert (shown.name, shown.level, shown.field) == (sample.name, sample.level, sample.field)
    assert (shown.limit.unit, shown.limit.amount) == (sample.limit.unit, sample.limit.amount)
    assert shown.next_day_after == sample.next_day_after
    if sample.fee_vnd is not None:
        assert shown.fee_vnd == sample.fee_vnd
