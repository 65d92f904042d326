"""R22: ratings that look made up: many at once from one device, or before anybody could rate.

And fewer ratings than before once there were bad ones (`response`). Ratings are published as
envelopes, so moments, marks and devices are all private: nobody makes these findings again in
public. Devices come from whoever keeps a record of them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from domain.errors import Sentence
from projections.findings.cases import NOT_OPENED, case, explained, own
from projections.findings.peers.applicants.response import (
    ELSEWHERE,
    FEW_ENDED,
    FEW_MARKS,
    NOT_OVER,
    Drop,
    drops,
)
from projections.findings.peers.inputs.observing import Observed
from projections.findings.peers.inputs.private import BEST_RATING, Rated
from projections.findings.peers.shapes import (
    MOST_EVIDENCE,
    Examination,
    Numbers,
    PeerRule,
    Population,
    Trial,
)
from projections.findings.shapes import Audience, Finding, Peers, Severity

_NO_DEVICE: Final = case(
    "no_device",
    "Không có ghi nhận thiết bị của lượt đánh giá.",
    "Nobody recorded the device of the rating.",
)
_DAY_ONLY: Final = case(
    "day_only",
    "Chỉ biết ngày đánh giá hoặc ngày trả kết quả.",
    "Only the day of the rating, or of the collection, is known.",
)
_KIOSK: Final = case(
    "kiosk",
    "Máy đánh giá tại quầy lúc đông: mỗi lượt đến sau khi chính hồ sơ đó được trả trong vòng "
    "một giờ.",
    "A kiosk at rush hour: each rating comes within an hour after its own dossier was collected.",
)
_MIXED: Final = case(
    "mixed_marks",
    "Các lượt đánh giá không phải đều ở mức cao nhất.",
    "The ratings are not all of the best mark.",
)
_GROUP: Final = Sentence("không so với nhóm nào", "compared with nobody")


def _examine_ratings(population: Population, numbers: Numbers) -> Examination:
    """R22: bursts of best marks from one device, ratings too soon, and fewer after bad marks."""
    found = Examination()
    ratings = population.private.ratings
    if ratings is None:
        found.silent[NOT_OPENED.name] += 1
        return found
    dossiers = {each.stream: each for each in population.observed}
    found.trials += _bursts(ratings, dossiers, numbers, found)
    found.trials += _quick(ratings, dossiers, numbers, found)
    found.trials += (
        Trial(_fewer_answers(drop, numbers) if drop.is_hit else None, drop.p_value)
        for drop in drops(population, ratings, numbers, found)
    )
    return found


def _bursts(
    ratings: Sequence[Rated],
    dossiers: Mapping[str, Observed],
    numbers: Numbers,
    found: Examination,
) -> Iterator[Trial]:
    by_device: defaultdict[str, list[tuple[datetime, Rated]]] = defaultdict(list)
    for rated in ratings:
        if rated.device is None:
            found.silent[_NO_DEVICE.name] += 1
        elif rated.at.instant is None:
            found.silent[_DAY_ONLY.name] += 1
        else:
            by_device[rated.device].append((rated.at.instant, rated))
    for _, made in sorted(by_device.items()):
        made.sort(key=lambda pair: (pair[0], pair[1].stream))
        burst = _longest_burst(made, numbers)
        yield Trial(_judge_burst(burst, dossiers, numbers, found))


def _longest_burst(made: Sequence[tuple[datetime, Rated]], numbers: Numbers) -> list[Rated]:
    """Give the most ratings of one device within the time."""
    longest, first = (0, 0), 0
    for last, (at, _) in enumerate(made):
        while (at - made[first][0]).total_seconds() > numbers.ratings_seconds:
            first += 1
        longest = max(longest, (last + 1 - first, -first))
    count, start = longest[0], -longest[1]
    return [rated for _, rated in made[start : start + count]]


def _judge_burst(
    burst: Sequence[Rated],
    dossiers: Mapping[str, Observed],
    numbers: Numbers,
    found: Examination,
) -> Finding | None:
    if len(burst) <= numbers.ratings_at_once:
        return None
    if any(rated.overall < BEST_RATING for rated in burst):
        found.silent[_MIXED.name] += 1
        return None
    if all(_is_at_kiosk(rated, dossiers, numbers) for rated in burst):
        found.silent[_KIOSK.name] += 1
        return None
    minutes = numbers.ratings_seconds // 60
    reason = Sentence(
        f"{len(burst)} lượt đánh giá từ một thiết bị trong {minutes} phút, đều ở mức cao nhất.",
        f"{len(burst)} ratings from one device within {minutes} minutes, all of the best mark.",
    )
    peers = Peers(
        group=_GROUP,
        n=len(burst),
        threshold=f"> {numbers.ratings_at_once}",
        base_rate="-",
        observed=f"{len(burst)}",
    )
    return _finding(burst, dossiers, reason, peers)


def _is_at_kiosk(rated: Rated, dossiers: Mapping[str, Observed], numbers: Numbers) -> bool:
    seconds = _since_collection(rated, dossiers)
    return seconds is not None and numbers.quick_rating_seconds <= seconds <= numbers.kiosk_seconds


def _since_collection(rated: Rated, dossiers: Mapping[str, Observed]) -> float | None:
    dossier = dossiers.get(rated.dossier)
    if dossier is None or dossier.returned_at is None or rated.at.instant is None:
        return None
    return (rated.at.instant - dossier.returned_at).total_seconds()


def _quick(
    ratings: Sequence[Rated],
    dossiers: Mapping[str, Observed],
    numbers: Numbers,
    found: Examination,
) -> Iterator[Trial]:
    for rated in ratings:
        seconds = _since_collection(rated, dossiers)
        if seconds is None:
            found.silent[_DAY_ONLY.name] += 1
            continue
        is_hit = 0 <= seconds < numbers.quick_rating_seconds
        yield Trial(_too_quick(rated, int(seconds), dossiers, numbers) if is_hit else None)


def _too_quick(
    rated: Rated, seconds: int, dossiers: Mapping[str, Observed], numbers: Numbers
) -> Finding:
    reason = Sentence(
        f"Đánh giá chỉ {seconds} giây sau khi kết quả được trả.",
        f"Rated only {seconds} seconds after the result was collected.",
    )
    peers = Peers(
        group=_GROUP,
        n=1,
        threshold=f"{numbers.quick_rating_seconds}",
        base_rate="-",
        observed=f"{seconds}",
    )
    return _finding([rated], dossiers, reason, peers)


def _fewer_answers(drop: Drop, numbers: Numbers) -> Finding:
    before, after, z = drop.before, drop.after, drop.z_hundredths or 0
    reason = Sentence(
        f"Tháng {drop.month} có {len(drop.low)} lượt đánh giá thấp; ba tháng trước có "
        f"{before.rated} trên {before.ended} hồ sơ đã xong được đánh giá, ba tháng sau chỉ "
        f"{after.rated} trên {after.ended}.",
        f"{drop.month} had {len(drop.low)} low marks; in the three months before it "
        f"{before.rated} of {before.ended} finished dossiers were rated, in the three after it "
        f"only {after.rated} of {after.ended}.",
    )
    evidence = sorted(entry for each in drop.low for entry in each.evidence())
    expected = drop.expected
    return R22.finding(
        f"office:{drop.office}",
        drop.office,
        reason,
        evidence[:MOST_EVIDENCE],
        peers=Peers(
            group=Sentence(
                "cùng cơ quan, trước và sau tháng đó", "the same office, before and after the month"
            ),
            n=before.ended + after.ended,
            threshold=f"z > {numbers.spike_deviations}",
            base_rate=f"{expected.numerator}/{expected.denominator}",
            observed=f"{after.rated}/{after.ended}, z = {z / 100:.2f}",
        ),
    )


def _finding(
    burst: Sequence[Rated], dossiers: Mapping[str, Observed], reason: Sentence, peers: Peers
) -> Finding:
    about = [dossiers[rated.dossier] for rated in burst if rated.dossier in dossiers]
    evidence = sorted(entry for each in about for entry in each.evidence())
    office = about[0].office if about else ""
    stream = burst[0].dossier if len(burst) == 1 else f"office:{office}"
    return R22.finding(stream, office, reason, evidence[:MOST_EVIDENCE], peers=peers)


R22: Final = PeerRule(
    id="R22",
    version=2,
    severity=Severity.MEDIUM,
    name=Sentence("Đánh giá giả", "Rating fraud"),
    looks_for=Sentence(
        "Hơn năm lượt đánh giá mức cao nhất từ một thiết bị trong mười phút, hoặc đánh giá chưa "
        "tới mười giây sau khi trả kết quả; hoặc sau một tháng có nhiều đánh giá thấp, tỷ lệ hồ sơ "
        "được đánh giá giảm hẳn.",
        "More than five ratings of the best mark from one device within ten minutes, or a rating "
        "less than ten seconds after the result was collected; or a far smaller share of dossiers "
        "is rated after a month with many low marks.",
    ),
    why=Sentence(
        "Cán bộ có thể tự đánh giá thay người nộp, hoặc không mời đánh giá nữa sau khi bị chê.",
        "Officers may rate themselves in the applicants' place, or ask nobody any more once they "
        "were blamed.",
    ),
    explanations=(
        explained("Máy đánh giá tại quầy lúc đông.", "A kiosk at rush hour.", _KIOSK.name),
        explained(
            "Người dân dùng chung một máy nhưng đánh giá khác nhau.",
            "People share a device, and rate as they see it.",
            _MIXED.name,
        ),
        explained(
            "Biểu mẫu hoặc kênh đánh giá thay đổi ở mọi nơi.",
            "The form or the channel for ratings changed everywhere.",
            ELSEWHERE.name,
        ),
        explained("Máy đánh giá của riêng cơ quan bị hỏng.", "The office's own kiosk was broken."),
    ),
    exclusions=(_KIOSK, _MIXED, ELSEWHERE),
    abstentions=(NOT_OPENED, _NO_DEVICE, _DAY_ONLY, FEW_MARKS, FEW_ENDED, NOT_OVER),
    thresholds=(
        own("Hơn 5 lượt trong 10 phút; dưới 10 giây.", "More than 5 in 10 minutes; below 10 s."),
        own(
            "Tháng có từ 5 lượt đánh giá thấp (1 hoặc 2 điểm) và từ 20 % số lượt; tỷ lệ hồ sơ đã "
            "xong được đánh giá trong ba tháng sau giảm z > 4 so với ba tháng trước, mỗi bên từ 30 "
            "hồ sơ; sau hiệu chỉnh Benjamini–Hochberg 5 %.",
            "A month of 5 low marks (1 or 2) or more, a fifth of its marks at least; the share of "
            "finished dossiers that were rated falls by z > 4 from the three months before it to "
            "the three after it, 30 dossiers or more on either side, standing after "
            "Benjamini–Hochberg at 5 %.",
        ),
    ),
    audience=Audience.INSPECTORS,
    private_inputs=(
        Sentence(
            "Thời điểm và mức đánh giá nằm trong phong bì.", "Moments and marks lie in envelopes."
        ),
        Sentence(
            "Thiết bị không có trong sổ cái: đơn vị quản lý máy đánh giá cung cấp.",
            "Devices stand nowhere in the ledger: whoever runs the kiosks hands them in.",
        ),
    ),
    not_looked_for=(
        Sentence(
            "Nội dung giống nhau: phiếu đánh giá không có lời văn.",
            "Identical text: ratings have no text.",
        ),
    ),
    unit=Sentence(
        "một thiết bị, một lượt đánh giá, hoặc một tháng nhiều đánh giá thấp của một cơ quan",
        "one device, one rating, or one office's month with many low marks",
    ),
    least_n=None,
    examine=_examine_ratings,
)
