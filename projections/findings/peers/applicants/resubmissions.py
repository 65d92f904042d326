"""R19 among dossiers: refused, handed in again by the same applicant, and again.

Who hands in is told by the keyed hash of the applicant's number, from opened private parts: nobody
makes these findings again in public, and no number leaves.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from domain.errors import Sentence
from projections.findings.cases import NOT_OPENED, case, explained, own
from projections.findings.peers.inputs.observing import Deed, Observed
from projections.findings.peers.shapes import (
    MOST_EVIDENCE,
    Examination,
    Numbers,
    PeerRule,
    Population,
    Trial,
)
from projections.findings.shapes import Audience, Finding, Peers, Severity

REFUSALS: Final = frozenset({"dossier.intake_refused", "dossier.resolution_refused"})
_NO_NUMBER: Final = case(
    "no_number",
    "Hồ sơ bị từ chối không ghi số của người nộp.",
    "The refused dossier bears no number of its applicant.",
)
_DAY_ONLY: Final = case(
    "day_only",
    "Nộp lại đúng ngày bị từ chối mà không biết giờ, nên không biết việc nào trước.",
    "Handed in on the day of the refusal, and the hours that would tell which came first are not "
    "known.",
)
_OTHER_MATTER: Final = case(
    "other_matter",
    "Những hồ sơ nộp sau là thủ tục khác, hoặc nộp ở cơ quan khác.",
    "What was handed in later is of another procedure, or lies before another office.",
)
_OFTEN: Final = case(
    "hands_in_often",
    "Người nộp vẫn thường nộp loại hồ sơ này: trước khi bị từ chối cũng đã nhiều như vậy.",
    "The applicant hands such dossiers in all the time: there were as many before the refusal.",
)


@dataclass(frozen=True, slots=True)
class _Refused:
    """One refusal, and how often its applicant handed in around it: before, again, elsewhere."""

    dossier: Observed
    deed: Deed
    before: int
    again: tuple[Observed, ...]
    elsewhere: int


def _examine_resubmissions(population: Population, numbers: Numbers) -> Examination:
    """R19: the same matter handed in twice or more within thirty days of a refusal."""
    found = Examination()
    applicants = population.private.applicants
    if applicants is None:
        found.silent[NOT_OPENED.name] += 1
        return found
    for mine in _by_applicant(population.observed, applicants, found):
        found.trials += _trials(mine, numbers, found)
    return found


def _by_applicant(
    observed: Sequence[Observed], applicants: Mapping[str, bytes], found: Examination
) -> Iterator[list[Observed]]:
    """Give the dossiers of each applicant who was ever refused, in the order of submission."""
    handed_in: defaultdict[bytes, list[Observed]] = defaultdict(list)
    refused: set[bytes] = set()
    for each in observed:
        is_refused, applicant = any(_refusals(each)), applicants.get(each.stream)
        if applicant is None:
            found.silent[_NO_NUMBER.name] += is_refused
            continue
        handed_in[applicant].append(each)
        if is_refused:
            refused.add(applicant)
    for applicant in sorted(refused):
        yield sorted(
            handed_in[applicant],
            key=lambda each: (each.submitted_at.start_in(each.zone), each.stream),
        )


def _refusals(dossier: Observed) -> Iterator[Deed]:
    return (deed for deed in dossier.deeds if deed.kind in REFUSALS)


def _trials(mine: Sequence[Observed], numbers: Numbers, found: Examination) -> Iterator[Trial]:
    """Give one comparison for each refusal; those that a finding names already have none."""
    named: set[str] = set()
    for dossier in mine:
        for deed in _refusals(dossier):
            if dossier.stream in named:
                continue
            refused = _around(dossier, deed, mine, numbers, found)
            is_hit = _is_hit(refused, numbers, found)
            named |= {each.stream for each in refused.again} if is_hit else set()
            yield Trial(_finding(refused, numbers) if is_hit else None)


def _around(
    dossier: Observed, deed: Deed, mine: Sequence[Observed], numbers: Numbers, found: Examination
) -> _Refused:
    window = timedelta(days=numbers.resubmitted_within_days)
    day, before, elsewhere = deed.at.day_in(dossier.zone), 0, 0
    again: list[Observed] = []
    for each in mine:
        after = _is_after(each, dossier, deed, found)
        away = each.submitted_at.day_in(dossier.zone) - day
        if each.stream == dossier.stream or after is None or abs(away) > window:
            continue
        if (each.office, each.procedure) != (dossier.office, dossier.procedure):
            elsewhere += after
        elif after:
            again.append(each)
        else:
            before += 1
    return _Refused(dossier, deed, before, tuple(again), elsewhere)


def _is_after(each: Observed, dossier: Observed, deed: Deed, found: Examination) -> bool | None:
    """Tell whether a submission came after a refusal; None where that is not known."""
    day, refused_on = each.submitted_at.day_in(dossier.zone), deed.at.day_in(dossier.zone)
    if day != refused_on or each.stream == dossier.stream:
        return day > refused_on
    if each.submitted_at.instant is None or deed.at.instant is None:
        found.silent[_DAY_ONLY.name] += 1
        return None
    return each.submitted_at.instant > deed.at.instant


def _is_hit(refused: _Refused, numbers: Numbers, found: Examination) -> bool:
    if len(refused.again) < numbers.resubmissions:
        is_other = len(refused.again) + refused.elsewhere >= numbers.resubmissions
        found.silent[_OTHER_MATTER.name] += is_other
        return False
    if refused.before >= len(refused.again):
        found.silent[_OFTEN.name] += 1
        return False
    return True


def _finding(refused: _Refused, numbers: Numbers) -> Finding:
    dossier, count, days = refused.dossier, len(refused.again), numbers.resubmitted_within_days
    reason = Sentence(
        f"Sau khi bị từ chối, cùng một người nộp lại thủ tục này {count} lần trong {days} ngày.",
        f"After a refusal the same applicant handed the same procedure in again {count} times "
        f"within {days} days.",
    )
    entries = [refused.deed.entry_index, *(each.submitted_entry for each in refused.again)]
    evidence = sorted(entry for entry in entries if entry is not None)
    return R19_AGAIN.finding(
        dossier.stream,
        dossier.office,
        reason,
        evidence[:MOST_EVIDENCE],
        versions=(refused.deed.version,),
        veiled=dossier.veiled,
        peers=Peers(
            group=Sentence("hồ sơ của cùng người nộp", "dossiers of the same applicant"),
            n=count + refused.before + 1,
            threshold=f">= {numbers.resubmissions}",
            base_rate=f"{refused.before}",
            observed=f"{count}",
        ),
    )


R19_AGAIN: Final = PeerRule(
    id="R19",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Từ chối phút chót (nộp đi nộp lại)", "Late refusal (handed in again and again)"),
    looks_for=Sentence(
        "Bị từ chối rồi cùng người nộp phải nộp lại thủ tục đó tại cơ quan đó từ hai lần trở lên "
        "trong 30 ngày.",
        "Refused, and the same applicant hands the same procedure in at the same office twice or "
        "more within 30 days.",
    ),
    why=Sentence(
        "Bắt nộp đi nộp lại làm thời hạn tính lại từ đầu và buộc người dân phải nhờ vả.",
        "Having to hand in again and again begins each limit anew, and makes people seek favours.",
    ),
    explanations=(
        explained("Người nộp không đủ điều kiện.", "The applicant was not eligible."),
        explained(
            "Doanh nghiệp nộp nhiều hồ sơ cùng loại.",
            "A firm that hands in many dossiers of the kind.",
            _OFTEN.name,
        ),
        explained(
            "Lần đầu nộp nhầm thủ tục hoặc nhầm nơi.",
            "The first was handed in under a wrong procedure, or at a wrong office.",
            _OTHER_MATTER.name,
        ),
    ),
    exclusions=(_OTHER_MATTER, _OFTEN),
    abstentions=(NOT_OPENED, _NO_NUMBER, _DAY_ONLY),
    thresholds=(own("Từ hai lần trong 30 ngày.", "Twice or more within 30 days."),),
    audience=Audience.INSPECTORS,
    private_inputs=(Sentence("Số của người nộp.", "Applicants' numbers."),),
    unit=Sentence("một lần từ chối", "one refusal"),
    least_n=None,
    examine=_examine_resubmissions,
)
