"""The rule on papers, R03: asked for outside the catalogue's list, or beyond the first request.

Which papers were asked for is private: the rule sees keyed hashes of them, and only where the
private part opened. Without them it abstains, and without a list in the catalogue on that half.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from domain.errors import Sentence
from projections.dossier_rows import Act
from projections.findings.cases import NOT_OPENED, by_law, case, explained
from projections.findings.shapes import (
    Audience,
    DossierRule,
    ExaminedDossier,
    Hit,
    Parameters,
    Severity,
)

_UNLISTED: Final = Sentence(
    "Yêu cầu giấy tờ không có trong thành phần hồ sơ đã công bố.",
    "A paper was asked for that the published list does not have.",
)
_BEYOND_FIRST: Final = Sentence(
    "Lần yêu cầu bổ sung sau đòi thêm giấy tờ mà lần đầu không nêu.",
    "A later request asks for a paper that the first one did not name.",
)


def _outside_list(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """R03: a paper off the list, or a second list that is no part of the first.

    SPEC: domain.md 2.7, invariant 3: a paper that a new version of the law brought is innocent.
    """
    # LAW: Decree 61/2018 arts 15.3 and 17.2a: what is missing is said in full, once.
    papers: defaultdict[int, set[bytes]] = defaultdict(set)
    unlisted: set[int] = set()
    for paper in examined.papers:
        papers[paper.version].add(paper.paper)
        if paper.listed is False:
            unlisted.add(paper.version)
    first: Act | None = None
    for act in (act for act in examined.acts if act.version in papers):
        if act.version in unlisted:
            yield Hit(_UNLISTED, (act,))
        if first is None or _law_changed(examined, first, act):
            first = act
        elif not papers[act.version] <= papers[first.version]:
            yield Hit(_BEYOND_FIRST, (first, act))


def _law_changed(examined: ExaminedDossier, first: Act, later: Act) -> bool:
    return examined.version_on(first.at) != examined.version_on(later.at)


R03: Final = DossierRule(
    id="R03",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Giấy tờ ngoài quy định", "Supplement outside the list"),
    looks_for=Sentence(
        "Đòi giấy tờ không có trong thành phần hồ sơ đã công bố, hoặc lần sau đòi thêm giấy mà "
        "lần đầu không nêu.",
        "A paper was asked for that the published list lacks, or a later request asks for one "
        "that the first did not name.",
    ),
    why=Sentence(
        "Luật cấm đòi giấy tờ ngoài quy định.",
        "The law forbids asking for papers beyond the list (Decree 61/2018 art. 5).",
    ),
    explanations=(
        explained("Danh mục thành phần chưa đầy đủ.", "The catalogue's list is not complete."),
        explained("Hồ sơ được phân sai trường hợp.", "The dossier was put under another case."),
        explained("Cùng một giấy tờ được ghi dưới mã khác.", "One paper was named by two codes."),
        explained(
            "Quy định mới đòi thêm giấy.", "A new version of the law asks for it.", "law_changed"
        ),
    ),
    exclusions=(
        case(
            "law_changed",
            "Giữa hai lần yêu cầu có phiên bản thủ tục mới.",
            "A new version of the procedure came into force between the requests.",
        ),
        case(
            "part_of_first",
            "Lần sau chỉ đòi lại giấy đã nêu lần đầu.",
            "The later request names papers of the first alone.",
        ),
    ),
    abstentions=(
        NOT_OPENED,
        case(
            "no_list",
            "Danh mục chưa có thành phần hồ sơ.",
            "The catalogue has no list of papers.",
        ),
    ),
    thresholds=(by_law("Bất kỳ.", "Any.", "Decree 61/2018 arts 5, 15.3 and 17.2a"),),
    audience=Audience.INSPECTORS,
    private_inputs=(Sentence("Giấy tờ được yêu cầu.", "Which papers were asked for."),),
    look=_outside_list,
)
