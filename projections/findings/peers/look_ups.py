"""R24 among days: one person reads the private details of several dossiers a day without a task.

The rule on one dossier shows each such read; this one shows who makes a habit of it.
"""

from collections import Counter, defaultdict
from datetime import date
from typing import Final

from domain.errors import Sentence
from projections.findings.cases import NOT_OPENED, PERSONNEL_NUMBERS, case, explained, own
from projections.findings.peers.inputs.observing import Observed, Read
from projections.findings.peers.shapes import (
    MOST_EVIDENCE,
    Examination,
    Numbers,
    PeerRule,
    Population,
    Trial,
    stream_of_person,
)
from projections.findings.shapes import Audience, Finding, Peers, Severity

_ON_DUTY: Final = case(
    "on_duty",
    "Xem để giám sát, thanh tra, giải quyết khiếu nại hoặc theo yêu cầu của người nộp.",
    "They read for supervision, inspection, a petition, or at the holder's request.",
)
_HAD_TASK: Final = case("had_task", "Người xem được giao hồ sơ.", "The reader had a task on it.")
_ONE_DOSSIER: Final = case(
    "one_dossier",
    "Nhiều lần xem trong ngày đều là của một hồ sơ.",
    "All reads of the day are of one dossier.",
)


def _examine_look_ups(population: Population, numbers: Numbers) -> Examination:
    """R24: more than three dossiers a day that a person had no task on."""
    found = Examination()
    days: defaultdict[tuple[str, date], dict[str, tuple[Observed, Read]]] = defaultdict(dict)
    reads: Counter[tuple[str, date]] = Counter()
    for each in population.observed:
        if each.looks is None:
            found.silent[NOT_OPENED.name] += 1
            continue
        for read in each.looks:
            if read.on_duty or read.had_task:
                found.silent[(_ON_DUTY if read.on_duty else _HAD_TASK).name] += 1
                continue
            days[read.person, read.day].setdefault(each.stream, (each, read))
            reads[read.person, read.day] += 1
    for (person, day), dossiers in sorted(days.items()):
        if len(dossiers) == 1 and reads[person, day] > numbers.looks_a_day:
            found.silent[_ONE_DOSSIER.name] += 1
        is_hit = len(dossiers) > numbers.looks_a_day
        shown = list(dossiers.values())
        found.trials.append(Trial(_finding(person, day, shown, numbers) if is_hit else None))
    return found


def _finding(
    person: str, day: date, dossiers: list[tuple[Observed, Read]], numbers: Numbers
) -> Finding:
    reason = Sentence(
        f"Ngày {day.isoformat()}, một người xem dữ liệu riêng tư của {len(dossiers)} hồ sơ không "
        "được giao.",
        f"On {day.isoformat()} one person read the private details of {len(dossiers)} dossiers "
        "without a task on them.",
    )
    entries = sorted(read.entry_index for _, read in dossiers if read.entry_index is not None)
    return R24_DAYS.finding(
        stream_of_person(person),
        dossiers[0][0].office,
        reason,
        entries[:MOST_EVIDENCE],
        peers=Peers(
            group=Sentence("không so với nhóm nào", "compared with nobody"),
            n=len(dossiers),
            threshold=f"> {numbers.looks_a_day}",
            base_rate="-",
            observed=f"{len(dossiers)}",
        ),
    )


R24_DAYS: Final = PeerRule(
    id="R24",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Xem trộm (số hồ sơ mỗi ngày)", "Curiosity look-ups (dossiers a day)"),
    looks_for=Sentence(
        "Một người xem dữ liệu riêng tư của hơn ba hồ sơ không được giao trong một ngày.",
        "One person reads the private details of more than three dossiers a day without a task.",
    ),
    why=Sentence(
        "Dữ liệu riêng tư có thể bị thu thập để bán.",
        "Private details may be gathered so as to be sold.",
    ),
    explanations=(
        explained("Lãnh đạo, thanh tra.", "Supervisors and inspectors.", _ON_DUTY.name),
        explained("Được giao hồ sơ.", "They had been given the dossiers.", _HAD_TASK.name),
        explained(
            "Xem đi xem lại một hồ sơ.", "One dossier was opened again and again.", "one_dossier"
        ),
    ),
    exclusions=(_ON_DUTY, _HAD_TASK, _ONE_DOSSIER),
    abstentions=(NOT_OPENED,),
    thresholds=(own("Hơn ba hồ sơ một ngày.", "More than three dossiers a day."),),
    audience=Audience.INSPECTORS,
    private_inputs=(
        Sentence(
            "Mục truy cập: xem hồ sơ nào, để làm gì.",
            "Access entries: which dossier was read, and for what.",
        ),
        PERSONNEL_NUMBERS,
    ),
    unit=Sentence("một người trong một ngày", "one person on one day"),
    least_n=None,
    examine=_examine_look_ups,
)
