"""projections/rule_book/base_rates.json holds the tables of docs/base-rates.md; `make golden`."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from projections.findings import RULES
from projections.findings.peers.running import PEER_RULES
from projections.rule_book.base_rates import DATA, LogBaseRate, base_rates

DOCUMENT = Path(__file__).parents[2] / "docs" / "base-rates.md"
HEAD = re.compile(r"^## .*`(\w+)`, ([0-9,]+) dossiers$")
CELLS = re.compile(r"^\| (R[0-9]{2}|[a-z_]+) [^|\s][^|]*\|(.*)\|$")


def _rates(document: str) -> Iterator[LogBaseRate]:
    log, dossiers, compares = "", 0, False
    for line in document.splitlines():
        if head := HEAD.match(line):
            log, dossiers = head[1], _number(head[2])
        elif line.startswith("### "):
            compares = line == "### Rules that compare with peers"
        elif row := CELLS.match(line):
            cells = [cell.strip() for cell in row[2].split("|")]
            examined, hits = (cells[1], cells[2]) if compares else (str(dossiers), cells[0])
            yield LogBaseRate(
                log=log,
                rule=row[1],
                compares_with_peers=compares,
                examined=_number(examined),
                hits=_number(hits),
            )


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def test_data_is_what_the_document_says() -> None:
    rates = list(_rates(DOCUMENT.read_text(encoding="utf-8")))
    lines = b",\n".join(map(msgspec.json.encode, rates))
    data = b"[\n" + lines + b"\n]\n"
    if os.environ.get("GOLDEN") == "write":
        DATA.write_bytes(data)

    assert DATA.read_bytes() == data


def test_every_rule_on_dossiers_and_peers_has_a_rate_on_both_logs() -> None:
    for rules, compares in ((RULES, False), (PEER_RULES, True)):
        for rule in rules:
            assert {rate.log for rate in base_rates()[rule.id, compares]} == {
                "receipt",
                "bpic2015",
            }
