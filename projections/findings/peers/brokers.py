"""R14: one broker's share in an officer's dossiers, and how fast that pair is.

A broker is a proxy: told by the keyed hash of a number where opened private parts give one, and
else by public key. Where they are opened, it is also a key or a contact that stands for several
applicants. The finding says which.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from typing import Final

from domain.errors import Sentence
from domain.outliers.binomial import FUNNEL_TAIL, binomial_tails
from domain.outliers.concentration import herfindahl
from domain.outliers.quantiles import MEDIAN, quantile
from domain.roles import Role
from projections.findings.cases import PERSONNEL_NUMBERS, case, explained, own
from projections.findings.peers.grouping import NO_OFFICE, TOO_FEW, by_group
from projections.findings.peers.inputs.observing import Observed
from projections.findings.peers.shapes import (
    MOST_EVIDENCE,
    Examination,
    Numbers,
    PeerGroup,
    PeerRule,
    Population,
    Trial,
    stream_of_person,
)
from projections.findings.shapes import Audience, Finding, Peers, Severity

PERCENT: Final = 100
NO_PROXY: Final = case(
    "no_proxy",
    "Hồ sơ không có người được ủy quyền, không có khóa hay số liên hệ dùng chung.",
    "The dossier has no proxy, and shares no key or contact with other applicants.",
)
PROXIES: Final = Sentence(
    "Số của người được ủy quyền, nếu phần riêng tư có; nếu không thì dùng khóa công khai của họ.",
    "Proxies' numbers where private parts give them; else their public keys are used.",
)
NUMBER_OF_PROXY: Final = Sentence(
    "Số của người được ủy quyền mà chưa từng tự nộp hồ sơ nào: giấy ủy quyền chỉ ghi tên, và tên "
    "không phân biệt được người.",
    "The number of a proxy who never applied in person: an authority gives a name alone, and a "
    "name tells no persons apart.",
)
_EVERYWHERE: Final = case(
    "everywhere",
    "Người được ủy quyền có phần lớn ở mọi cán bộ của nhóm (bưu chính công ích, trợ giúp pháp lý, "
    "doanh nghiệp lớn).",
    "The proxy has a large share with all officers of the group (the public post, legal aid, a "
    "big firm).",
)
_FEW_OF_PAIR: Final = case(
    "few_of_pair",
    "Dưới mười hồ sơ của cặp cán bộ và người được ủy quyền.",
    "Fewer than ten dossiers of the officer and the proxy.",
)
_ROLES: Final = frozenset[Role | None]({Role.RECEIVER, Role.PROCESSOR, None})


class ToldBy(IntEnum):
    """By what a broker is known again, in the order in which one is asked for."""

    NUMBER = 1
    KEY = 2
    ACCOUNT = 3
    CONTACT = 4


Broker = tuple[ToldBy, str]
"""Who stands for applicants: by what, and a keyed hash or a public key."""

_TOLD_BY: Final = {
    ToldBy.NUMBER: Sentence(
        "Người được ủy quyền được nhận ra qua phần riêng tư.", "Proxies are told by private parts."
    ),
    ToldBy.KEY: Sentence(
        "Người được ủy quyền được nhận ra qua khóa công khai.", "Proxies are told by public keys."
    ),
    ToldBy.ACCOUNT: Sentence(
        "Nhiều người nộp dùng chung một khóa.", "Several applicants share one key."
    ),
    ToldBy.CONTACT: Sentence(
        "Nhiều người nộp ghi cùng một số điện thoại hoặc địa chỉ liên hệ.",
        "Several applicants gave the same telephone or address.",
    ),
}


def proxies_of(population: Population, observed: Observed) -> tuple[Broker, ...]:
    """Give who stands for the applicant of a dossier: by number where known, else by public key."""
    private = population.private
    if private.proxies is not None:
        found = private.proxies.get(observed.stream)
        return () if found is None else ((ToldBy.NUMBER, found.hex()),)
    brokers = {
        (ToldBy.NUMBER, private.holders[key].hex()) if key in private.holders else (ToldBy.KEY, key)
        for key in observed.proxies
    }
    return tuple(sorted(brokers))


def brokers_of(population: Population, observed: Observed) -> tuple[Broker, ...]:
    """Give a dossier's proxies, and what else it shares with the dossiers of other applicants."""
    private, found = population.private, [*proxies_of(population, observed)]
    found += [(ToldBy.ACCOUNT, key) for key in observed.applicant_keys if key in private.accounts]
    contact = private.contacts.get(observed.stream)
    found += [] if contact is None else [(ToldBy.CONTACT, contact.hex())]
    return tuple(found)


def told_by(broker: Broker) -> Sentence:
    """Say by what a broker is known again."""
    return _TOLD_BY[broker[0]]


@dataclass(frozen=True, slots=True)
class _Desk:
    """One officer's dossiers of one peer group, and those of all others in the role, by proxy."""

    officer: str
    group: PeerGroup
    dossiers: tuple[Observed, ...]
    by_proxy: Mapping[Broker, list[Observed]]
    others: int
    others_by_proxy: Mapping[Broker, int]

    def share_of_others(self, proxy: Broker) -> Fraction:
        """Give the proxy's share with all other officers."""
        return Fraction(self.others_by_proxy.get(proxy, 0), self.others)

    def share(self, proxy: Broker) -> Fraction:
        """Give the proxy's share with this officer."""
        return Fraction(len(self.by_proxy[proxy]), len(self.dossiers))


def _examine_brokers(population: Population, numbers: Numbers) -> Examination:
    """R14: a proxy has far more of one officer's dossiers than of others', or is far faster."""
    found = Examination()
    for group, dossiers in by_group(population.observed, found):
        for desk in _desks(group, dossiers, population):
            if min(len(desk.dossiers), desk.others) < numbers.least_dossiers:
                found.silent[TOO_FEW.name] += 1
                continue
            for proxy in _different(desk):
                found.trials += _trials(desk, proxy, numbers, found)
    found.silent[NO_PROXY.name] = sum(
        not brokers_of(population, each) for each in population.observed
    )
    return found


def _different(desk: _Desk) -> Iterator[Broker]:
    """Give the brokers of a desk; one who is told in several ways by the same dossiers, once."""
    seen: set[tuple[str, ...]] = set()
    for broker in sorted(desk.by_proxy):
        streams = tuple(each.stream for each in desk.by_proxy[broker])
        if streams not in seen:
            seen.add(streams)
            yield broker


def _desks(
    group: PeerGroup, dossiers: Sequence[Observed], population: Population
) -> Iterator[_Desk]:
    """Give the desks of a peer group; a receiver is held against receivers, and so on."""
    roles: defaultdict[Role | None, defaultdict[str, list[Observed]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for each in dossiers:
        for doer in each.doers(_ROLES):
            roles[doer.role][doer.person].append(each)
    for by_officer in roles.values():
        yield from _desks_of_role(group, by_officer, population)


def _desks_of_role(
    group: PeerGroup, by_officer: Mapping[str, list[Observed]], population: Population
) -> Iterator[_Desk]:
    total = Counter[Broker]()
    mine: dict[str, defaultdict[Broker, list[Observed]]] = {}
    for officer, handled in by_officer.items():
        mine[officer] = defaultdict(list)
        for each in handled:
            for proxy in brokers_of(population, each):
                mine[officer][proxy].append(each)
                total[proxy] += 1
    every = sum(map(len, by_officer.values()))
    for officer, handled in sorted(by_officer.items()):
        others = {proxy: total[proxy] - len(own) for proxy, own in mine[officer].items()}
        yield _Desk(officer, group, tuple(handled), mine[officer], every - len(handled), others)


def _trials(desk: _Desk, proxy: Broker, numbers: Numbers, found: Examination) -> Iterator[Trial]:
    pair = desk.by_proxy[proxy]
    if len(pair) < numbers.broker_dossiers:
        found.silent[_FEW_OF_PAIR.name] += 1
        return
    pooled = Fraction(len(pair) + desk.others_by_proxy[proxy], len(desk.dossiers) + desk.others)
    p_value = binomial_tails(len(pair), len(desk.dossiers), pooled).upper
    share, elsewhere = desk.share(proxy), desk.share_of_others(proxy)
    is_large = share * PERCENT > numbers.broker_percent
    is_hit = is_large and share > numbers.broker_times * elsewhere and p_value < FUNNEL_TAIL
    if is_large and not is_hit:
        found.silent[_EVERYWHERE.name] += 1
    yield Trial(_concentrated(desk, proxy, numbers) if is_hit else None, p_value)
    yield _speed(desk, proxy, numbers)


def _concentrated(desk: _Desk, proxy: Broker, numbers: Numbers) -> Finding:
    pair, source = desk.by_proxy[proxy], told_by(proxy)
    elsewhere = desk.others_by_proxy[proxy]
    index = herfindahl([len(desk.by_proxy[each]) for each in _different(desk)])
    reason = Sentence(
        f"Một người được ủy quyền có {len(pair)} trên {len(desk.dossiers)} hồ sơ của cán bộ này, "
        f"và {elsewhere} trên {desk.others} của các cán bộ khác; chỉ số Herfindahl của những "
        f"người được ủy quyền ở cán bộ này là {float(index):.2f}. {source.vi}",
        f"One proxy has {len(pair)} of this officer's {len(desk.dossiers)} dossiers, and "
        f"{elsewhere} of {desk.others} with the other officers; the Herfindahl index of this "
        f"officer's proxies is {float(index):.2f}. {source.en}",
    )
    threshold = f"> {numbers.broker_percent} %, > {numbers.broker_times} x"
    observed = f"{len(pair)}/{len(desk.dossiers)}"
    return _finding(desk, pair, reason, (threshold, f"{elsewhere}/{desk.others}", observed))


def _speed(desk: _Desk, proxy: Broker, numbers: Numbers) -> Trial:
    """Compare how long the pair's dossiers took with the officer's others.

    By chance, each of the pair's is as likely faster than the median of the others as not.
    """
    pair = desk.by_proxy[proxy]
    mine = {each.stream for each in pair}
    quick = _seconds(pair)
    usual = _seconds(each for each in desk.dossiers if each.stream not in mine)
    if len(quick) < numbers.broker_dossiers or len(usual) < numbers.least_dossiers:
        return Trial()
    median, ordinary = quantile(quick, MEDIAN), quantile(usual, MEDIAN)
    faster = sum(seconds < ordinary for seconds in quick)
    p_value = binomial_tails(faster, len(quick), Fraction(1, 2)).upper
    if ordinary <= numbers.broker_lift * median or p_value >= FUNNEL_TAIL:
        return Trial(p_value=p_value)
    source = told_by(proxy)
    reason = Sentence(
        f"Hồ sơ của một người được ủy quyền có trung vị {median} giây, các hồ sơ khác của cán bộ "
        f"này {ordinary} giây. {source.vi}",
        f"One proxy's dossiers have a median of {median} seconds, this officer's others one of "
        f"{ordinary} seconds. {source.en}",
    )
    said = (f"> {numbers.broker_lift} x", f"{ordinary}", f"{median}")
    return Trial(_finding(desk, pair, reason, said), p_value)


def _seconds(dossiers: Iterator[Observed] | Sequence[Observed]) -> list[int]:
    return sorted(
        max(0, each.net_seconds)
        for each in dossiers
        if each.is_issued and each.net_seconds is not None
    )


def _finding(
    desk: _Desk, pair: Sequence[Observed], reason: Sentence, said: tuple[str, str, str]
) -> Finding:
    threshold, base_rate, observed = said
    evidence = sorted(entry for each in pair for entry in each.evidence())
    return R14.finding(
        stream_of_person(desk.officer),
        pair[0].office,
        reason,
        evidence[:MOST_EVIDENCE],
        peers=Peers(
            group=desk.group.said,
            n=len(desk.dossiers) + desk.others,
            threshold=threshold,
            base_rate=base_rate,
            observed=observed,
        ),
    )


R14: Final = PeerRule(
    id="R14",
    version=2,
    severity=Severity.HIGH,
    name=Sentence("Cò hồ sơ", "Broker concentration"),
    looks_for=Sentence(
        "Một người được ủy quyền, hoặc một khóa hay một số liên hệ dùng cho nhiều người nộp, chiếm "
        "hơn 10 % hồ sơ của một cán bộ và hơn năm lần so với các cán bộ khác, hoặc hồ sơ của cặp "
        "này nhanh hơn hai lần.",
        "One proxy, or one key or contact that stands for several applicants, has more than 10 % "
        "of an officer's dossiers, and more than five times the share with other officers; or that "
        "pair's dossiers are more than twice as fast.",
    ),
    why=Sentence(
        "Có thể có môi giới ăn chia với cán bộ.", "A broker may share what is paid with an officer."
    ),
    explanations=(
        explained(
            "Bưu chính công ích, trợ giúp pháp lý, doanh nghiệp lớn: họ có mặt ở mọi cán bộ.",
            "The public post, legal aid, a big firm: they come to all officers.",
            _EVERYWHERE.name,
        ),
        explained(
            "Cán bộ duy nhất phụ trách địa bàn của người được ủy quyền.",
            "The only officer for the proxy's district.",
        ),
    ),
    exclusions=(_EVERYWHERE,),
    abstentions=(TOO_FEW, NO_OFFICE, NO_PROXY, _FEW_OF_PAIR),
    thresholds=(
        own(
            "Hơn 10 % và hơn 5 lần, p < 0,001; hoặc nhanh hơn 2 lần, từ 10 hồ sơ, p < 0,001; sau "
            "hiệu chỉnh Benjamini–Hochberg 5 % cho mỗi lần chạy.",
            "More than 10 % and more than 5 times, p < 0.001; or more than 2 times as fast, from "
            "10 dossiers on, p < 0.001; standing after Benjamini–Hochberg at 5 % per run.",
        ),
    ),
    audience=Audience.INSPECTORS,
    private_inputs=(
        PERSONNEL_NUMBERS,
        PROXIES,
        Sentence(
            "Số và cách liên hệ của người nộp, để biết khóa hay số điện thoại nào dùng chung.",
            "Applicants' numbers and contacts, which say what key or telephone several share.",
        ),
    ),
    not_looked_for=(NUMBER_OF_PROXY,),
    unit=Sentence("một cán bộ và một người được ủy quyền", "one officer and one proxy"),
    least_n=30,
    examine=_examine_brokers,
)
