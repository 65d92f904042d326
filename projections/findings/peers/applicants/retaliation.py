"""R31: whoever complained waits longer afterwards.

Handling times, without waits, are given in millionths of the median of the other applicants of the
same office, procedure, level and quarter. The permutation test deals out anew who had complained,
within those groups; its chance comes from the root of the checkpoint.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.errors import Sentence
from domain.outliers.permutations import (
    ROUNDS,
    Draw,
    Stratum,
    median_of_marked,
    permutation_p_value,
)
from domain.outliers.quantiles import MEDIAN, quantile
from projections.findings.cases import NOT_OPENED, case, explained, own
from projections.findings.peers.grouping import DAY_ONLY, NO_OFFICE, by_group
from projections.findings.peers.inputs.observing import Observed
from projections.findings.peers.inputs.private import Handled, complained_before
from projections.findings.peers.shapes import (
    MOST_EVIDENCE,
    Examination,
    Numbers,
    PeerGroup,
    PeerRule,
    Population,
    Trial,
)
from projections.findings.shapes import Audience, Finding, Peers, Severity

MILLION: Final = 1_000_000
_WORD_BYTES: Final = 8
_WORDS: Final = 1 << (8 * _WORD_BYTES)

_TOO_FEW: Final = case(
    "too_few",
    "Dưới 20 hồ sơ của người đã phản ánh, hoặc không đủ hồ sơ khác cùng nhóm để so.",
    "Fewer than 20 dossiers of complainants, or too few others of their groups to compare.",
)
_HARDER: Final = case(
    "harder_case",
    "Hồ sơ phải bổ sung hoặc phải dừng để xác minh: bỏ ra ở cả hai bên.",
    "Cases that needed a supplement, or rested for an inquiry: left out on both sides.",
)


@dataclass(frozen=True, slots=True)
class _Cell:
    """The timed dossiers of one office in one peer group, of complainants and of others."""

    group: PeerGroup
    marked: tuple[Observed, ...]
    others: tuple[Observed, ...]

    def stratum(self) -> Stratum:
        """Give the times in millionths of the others' median."""
        rising = sorted(each.net_seconds or 0 for each in self.others)
        usual = max(1, quantile(rising, MEDIAN))
        return Stratum(_in_parts(self.marked, usual), _in_parts(self.others, usual))


def draws_from(root_hash: bytes, purpose: str) -> Draw:
    """Make chance of a checkpoint's root: SHA-256 over root, purpose and a counter.

    Whoever has the root draws the same numbers; numbers that would make some likelier are skipped.
    """
    words = _words(root_hash, purpose)

    def draw(below: int) -> int:
        assert 0 < below <= _WORDS
        fair = _WORDS - _WORDS % below
        return next(word for word in words if word < fair) % below

    return draw


def _words(root_hash: bytes, purpose: str) -> Iterator[int]:
    seed = root_hash + purpose.encode()
    counter = 0
    while True:
        block = hashlib.sha256(seed + counter.to_bytes(_WORD_BYTES, "big")).digest()
        counter += 1
        for start in range(0, len(block), _WORD_BYTES):
            yield int.from_bytes(block[start : start + _WORD_BYTES], "big")


def _in_parts(dossiers: Iterable[Observed], usual: int) -> tuple[int, ...]:
    return tuple(MILLION * (each.net_seconds or 0) // usual for each in dossiers)


def _examine_retaliation(population: Population, numbers: Numbers) -> Examination:
    """R31: complainants wait half as long again as others of their groups."""
    found = Examination()
    complained = complained_before(population.private, _handled(population.observed))
    if complained is None:
        found.silent[NOT_OPENED.name] += 1
        return found
    for office, cells in sorted(_cells(population.observed, complained, numbers, found).items()):
        if sum(len(cell.marked) for cell in cells) < numbers.complainants:
            found.silent[_TOO_FEW.name] += 1
            continue
        found.trials.append(_trial(population, office, cells, numbers))
    return found


def _handled(observed: Iterable[Observed]) -> Iterator[Handled]:
    return (
        Handled(each.stream, each.office, each.accepted_at, each.zone)
        for each in observed
        if each.accepted_at is not None
    )


def _cells(
    observed: Sequence[Observed],
    complained: Collection[str],
    numbers: Numbers,
    found: Examination,
) -> dict[str, list[_Cell]]:
    """Give by office the peer groups in which complainants and enough others were timed."""
    cells: defaultdict[str, list[_Cell]] = defaultdict(list)
    for group, dossiers in by_group(_timed(observed, found), found):
        by_office: defaultdict[str, list[Observed]] = defaultdict(list)
        for each in dossiers:
            by_office[each.office].append(each)
        for office, mine in by_office.items():
            marked = tuple(each for each in mine if each.stream in complained)
            others = tuple(each for each in mine if each.stream not in complained)
            if marked and len(others) >= numbers.least_others:
                cells[office].append(_Cell(group, marked, others))
            elif marked:
                found.silent[_TOO_FEW.name] += len(marked)
    return cells


def _timed(observed: Sequence[Observed], found: Examination) -> Iterator[Observed]:
    for each in observed:
        if not each.is_issued:
            continue
        if each.has_rested or each.supplements:
            found.silent[_HARDER.name] += 1
        elif not each.is_timed:
            found.silent[DAY_ONLY.name] += 1
        elif each.net_seconds is not None:
            yield each


def _trial(population: Population, office: str, cells: Sequence[_Cell], numbers: Numbers) -> Trial:
    strata = [cell.stratum() for cell in cells]
    lift = median_of_marked(strata)
    chance = draws_from(population.root_hash, f"R31\n{office}")
    p_value = float(permutation_p_value(strata, chance))
    most, least = numbers.slow_lift
    is_hit = lift * least > MILLION * most and p_value < numbers.slow_p
    return Trial(_finding(office, cells, lift, numbers) if is_hit else None, p_value)


def _finding(office: str, cells: Sequence[_Cell], lift: int, numbers: Numbers) -> Finding:
    marked = [each for cell in cells for each in cell.marked]
    others = sum(len(cell.others) for cell in cells)
    most, least = numbers.slow_lift
    times = f"{lift // 10_000 / 100:.2f}"
    reason = Sentence(
        f"Hồ sơ của người đã phản ánh, khiếu nại hoặc chấm điểm thấp ({len(marked)} hồ sơ) có thời "
        f"gian giải quyết bằng {times} lần trung vị của người khác cùng nhóm.",
        f"Dossiers of those who had complained, petitioned or rated low ({len(marked)}) took "
        f"{times} times the median of others of their groups.",
    )
    evidence = sorted(entry for each in marked for entry in each.evidence())
    groups = [cell.group.said for cell in cells]
    return R31.finding(
        f"office:{office}",
        office,
        reason,
        evidence[:MOST_EVIDENCE],
        peers=Peers(
            group=Sentence(
                "; ".join(group.vi for group in groups), "; ".join(group.en for group in groups)
            ),
            n=len(marked) + others,
            threshold=f"> {most}/{least}",
            base_rate=f"1 ({others})",
            observed=times,
        ),
    )


R31: Final = PeerRule(
    id="R31",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Trả đũa", "Retaliation"),
    looks_for=Sentence(
        "Người đã phản ánh, khiếu nại hoặc chấm điểm thấp tại cơ quan thì sau đó phải chờ lâu hơn "
        "1,5 lần người khác có hồ sơ cùng thủ tục, cùng quý.",
        "Those who had petitioned, complained or rated low at an office wait more than 1.5 times "
        "as long afterwards as others with the same procedure in the same quarter.",
    ),
    why=Sentence(
        "Người dân sẽ không dám phản ánh nữa.", "People would no longer dare to complain."
    ),
    explanations=(
        explained(
            "Người khiếu nại có hồ sơ khó hơn.",
            "Complainants have harder cases.",
            _HARDER.name,
        ),
        explained(
            "Hồ sơ khó mà hệ thống không ghi dấu hiệu nào.",
            "Cases that are harder in a way that no act shows.",
        ),
    ),
    exclusions=(_HARDER,),
    abstentions=(NOT_OPENED, _TOO_FEW, DAY_ONLY, NO_OFFICE),
    thresholds=(
        own(
            f"Hơn 1,5 lần, từ 20 hồ sơ, p < 0,01 của phép thử hoán vị ({ROUNDS} vòng, ngẫu nhiên "
            "lấy từ gốc của điểm kiểm tra), sau hiệu chỉnh Benjamini–Hochberg 5 %.",
            f"More than 1.5 times, from 20 dossiers on, p < 0.01 in a permutation test ({ROUNDS} "
            "rounds, drawn from the checkpoint's root), standing after Benjamini–Hochberg at 5 %.",
        ),
    ),
    audience=Audience.INSPECTORS,
    private_inputs=(
        Sentence(
            "Số của người nộp, và hồ sơ mà phản ánh nói tới.",
            "Applicants' numbers, and which dossier a petition is about.",
        ),
        Sentence("Mức đánh giá.", "The marks of ratings."),
    ),
    unit=Sentence(
        "một cơ quan có người nộp từng phản ánh", "one office with applicants who had complained"
    ),
    least_n=20,
    examine=_examine_retaliation,
)
