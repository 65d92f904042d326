"""Putting dossiers into peer groups, and the silences that all rules that compare have alike."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Final

from domain.errors import Sentence
from projections.findings.cases import case, own
from projections.findings.peers.inputs.observing import Observed
from projections.findings.peers.shapes import Examination, PeerGroup, Population, quarter_of

TOO_FEW: Final = case(
    "too_few",
    "Dưới 30 hồ sơ của người (cơ quan) đó, hoặc của những người (cơ quan) cùng nhóm.",
    "Fewer than 30 dossiers of theirs, or of all others in the peer group.",
)
NO_OFFICE: Final = case(
    "no_office",
    "Cơ quan chưa được đăng ký nên không biết cấp.",
    "The office is not registered, so its level is not known.",
)
DAY_ONLY: Final = case(
    "day_only",
    "Chỉ biết ngày, không biết giờ.",
    "Only the days are known, not the hours.",
)
LIKE_THE_OTHERS: Final = case(
    "like_the_others",
    "Những người (cơ quan) cùng nhóm cũng như vậy.",
    "Their peers do the same, so that it lies within the funnel.",
)
VEILED: Final = case(
    "veiled",
    "Hồ sơ được che: chỉ xét hồ sơ mà ai cũng tính lại được.",
    "The dossier is veiled: what is shown in public is made from open dossiers alone.",
)
FUNNEL: Final = own(
    "Ngoài giới hạn phễu nhị thức 99,8 % của nhóm, với ít nhất 30 hồ sơ mỗi bên; sau hiệu chỉnh "
    "Benjamini–Hochberg 5 % cho mỗi lần chạy.",
    "Above the binomial funnel of 99.8 % around the group's rate, with at least 30 dossiers on "
    "either side, and standing after Benjamini–Hochberg at 5 % per run.",
)
DOSSIERS_OF_OFFICER: Final = Sentence(
    "một cán bộ trong một vai trò, một nhóm", "one officer in one role and one peer group"
)


def group_of(observed: Observed, day: date | None = None) -> PeerGroup | None:
    """Give a dossier's peer group, by a day or by that of its beginning; None without an office."""
    if observed.level is None:
        return None
    return PeerGroup(observed.procedure, observed.level, quarter_of(day or observed.began_on))


def open_alone(population: Population, examination: Examination) -> list[Observed]:
    """Give the dossiers that are not veiled, for rules whose findings anybody can make again."""
    found = [each for each in population.observed if not each.veiled]
    examination.silent[VEILED.name] += len(population.observed) - len(found)
    return found


def by_group(
    dossiers: Iterable[Observed], examination: Examination
) -> list[tuple[PeerGroup, list[Observed]]]:
    """Sort dossiers into their peer groups, in order; those without one are counted as silent."""
    groups: defaultdict[PeerGroup, list[Observed]] = defaultdict(list)
    for observed in dossiers:
        group = group_of(observed)
        if group is None:
            examination.silent[NO_OFFICE.name] += 1
        else:
            groups[group].append(observed)
    return sorted(groups.items())
