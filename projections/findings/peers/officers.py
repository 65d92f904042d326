"""Rules on officers' rates: clock games (R05), supplements, refusals (R15), withdrawals (R20)."""

from collections.abc import Sequence
from typing import Final

from domain.errors import Sentence
from domain.roles import Role
from projections.findings.cases import PERSONNEL_NUMBERS, explained
from projections.findings.peers.grouping import (
    DOSSIERS_OF_OFFICER,
    FUNNEL,
    LIKE_THE_OTHERS,
    NO_OFFICE,
    TOO_FEW,
)
from projections.findings.peers.inputs.observing import WITHDRAWAL, Deed, Doer, Observed
from projections.findings.peers.rates import Rate, examine_rate
from projections.findings.peers.shapes import Examination, Numbers, PeerRule, Population
from projections.findings.shapes import Audience, Severity

SUPPLEMENTS: Final = frozenset(
    {"dossier.intake_supplement_requested", "dossier.supplement_requested"}
)
REFUSALS: Final = frozenset({"dossier.intake_refused", "dossier.resolution_refused"})
# Whoever takes in or processes: a dossier that somebody only approved is no occasion to stop it.
_HANDLING: Final = frozenset[Role | None]({Role.RECEIVER, Role.PROCESSOR, None})
_DECIDING: Final = _HANDLING | {Role.APPROVER}
_SILENT: Final = (TOO_FEW, NO_OFFICE)


def _own_games(observed: Observed, doer: Doer) -> Sequence[Deed]:
    return [deed for deed in observed.games if doer in deed.doers]


def _own_supplements(observed: Observed, doer: Doer) -> Sequence[Deed]:
    return [deed for deed in observed.deeds if deed.kind in SUPPLEMENTS and doer in deed.doers]


def _own_refusals(observed: Observed, doer: Doer) -> Sequence[Deed]:
    return [deed for deed in observed.deeds if deed.kind in REFUSALS and doer in deed.doers]


def _withdrawals(observed: Observed, _doer: Doer) -> Sequence[Deed]:
    return [deed for deed in observed.deeds if deed.kind == WITHDRAWAL]


_GAMES: Final = Rate(
    "dossiers_with_a_stop",
    Sentence("Dừng tính thời hạn sát hoặc sau hạn", "The clock was stopped at or after the limit"),
    _DECIDING,
    _own_games,
)
_SUPPLEMENTS: Final = Rate(
    "dossiers_with_a_request",
    Sentence("Yêu cầu bổ sung", "A supplement was asked for"),
    _HANDLING,
    _own_supplements,
)
_REFUSALS: Final = Rate(
    "dossiers_refused",
    Sentence("Từ chối tiếp nhận hoặc giải quyết", "Refused at intake or on the merits"),
    _DECIDING,
    _own_refusals,
)
_WITHDRAWN: Final = Rate(
    "dossiers_withdrawn",
    Sentence("Người nộp xin rút hồ sơ", "The applicant asked to withdraw"),
    _HANDLING,
    _withdrawals,
)


def _examine_games(population: Population, numbers: Numbers) -> Examination:
    """R05: an officer's share of dossiers whose clock the officer stopped near the end."""
    found = Examination()
    examine_rate(R05_SHARE, _GAMES, population, numbers, found)
    return found


def _examine_outliers(population: Population, numbers: Numbers) -> Examination:
    """R15: an officer's shares of supplements and of refusals."""
    found = Examination()
    examine_rate(R15, _SUPPLEMENTS, population, numbers, found)
    examine_rate(R15, _REFUSALS, population, numbers, found)
    return found


def _examine_withdrawals(population: Population, numbers: Numbers) -> Examination:
    """R20: the share of an officer's dossiers that were withdrawn."""
    found = Examination()
    examine_rate(R20_RATE, _WITHDRAWN, population, numbers, found)
    return found


R05_SHARE: Final = PeerRule(
    id="R05",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Né hạn (tỷ lệ theo cán bộ)", "Clock games (share of an officer)"),
    looks_for=Sentence(
        "Tỷ lệ hồ sơ mà một cán bộ dừng tính thời hạn vào ngày cuối hoặc sau hạn cao hơn hẳn "
        "những cán bộ cùng thủ tục, cùng cấp, cùng quý.",
        "An officer stops the clock on the last day of the limit, or after it, in far more "
        "dossiers than officers of the same procedure, level and quarter do.",
    ),
    why=Sentence(
        "Có thể dùng việc dừng thời hạn để che hồ sơ trễ.",
        "Stopping the clock may hide that dossiers are late.",
    ),
    explanations=(
        explained(
            "Hồ sơ khó, vướng mắc lộ ra muộn: khi đó cả nhóm đều như vậy.",
            "Difficult cases ripen late: then they do for all peers.",
            "like_the_others",
        ),
        explained(
            "Cán bộ chuyên nhận những hồ sơ khó nhất.",
            "The officer is given the most difficult cases of the procedure.",
        ),
    ),
    exclusions=(LIKE_THE_OTHERS,),
    abstentions=_SILENT,
    thresholds=(FUNNEL,),
    audience=Audience.INSPECTORS,
    private_inputs=(PERSONNEL_NUMBERS,),
    unit=DOSSIERS_OF_OFFICER,
    least_n=30,
    examine=_examine_games,
)
R15: Final = PeerRule(
    id="R15",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Tỷ lệ từ chối, đòi bổ sung bất thường", "Refusal or supplement outlier"),
    looks_for=Sentence(
        "Tỷ lệ hồ sơ bị một cán bộ yêu cầu bổ sung, hoặc từ chối, cao hơn hẳn những cán bộ cùng "
        "vai trò, cùng thủ tục, cùng cấp, cùng quý.",
        "An officer asks for supplements, or refuses, in far more dossiers than officers of the "
        "same role, procedure, level and quarter do.",
    ),
    why=Sentence(
        "Có thể là gây khó để đòi chi phí ngoài quy định.",
        "Difficulties may be made so that somebody pays for them to go away.",
    ),
    explanations=(
        explained(
            "Bàn chuyên trách thủ tục khó: mỗi thủ tục được so riêng.",
            "A specialised desk with hard files: each procedure is compared by itself.",
            "like_the_others",
        ),
        explained(
            "Trong cùng thủ tục, cán bộ được giao các hồ sơ khó.",
            "Within one procedure the officer is given the hard files.",
        ),
    ),
    exclusions=(LIKE_THE_OTHERS,),
    abstentions=_SILENT,
    thresholds=(FUNNEL,),
    audience=Audience.INSPECTORS,
    private_inputs=(PERSONNEL_NUMBERS,),
    unit=DOSSIERS_OF_OFFICER,
    least_n=30,
    examine=_examine_outliers,
)
R20_RATE: Final = PeerRule(
    id="R20",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Ép rút hồ sơ (tỷ lệ theo cán bộ)", "Pressed withdrawal (rate of an officer)"),
    looks_for=Sentence(
        "Tỷ lệ hồ sơ được xin rút trong số hồ sơ một cán bộ tiếp nhận hoặc thụ lý cao hơn hẳn "
        "những cán bộ cùng vai trò, cùng thủ tục, cùng cấp, cùng quý.",
        "Of the dossiers that an officer takes in or processes, far more are withdrawn than with "
        "officers of the same role, procedure, level and quarter.",
    ),
    why=Sentence(
        "Người nộp có thể bị ép rút để hồ sơ không bị tính là trễ hay bị từ chối.",
        "Applicants may be pressed to withdraw, so that a dossier is neither late nor refused.",
    ),
    explanations=(
        explained(
            "Người nộp tự quyết định: khi đó cả nhóm đều có.",
            "The applicants' own decisions: then all peers have them alike.",
            "like_the_others",
        ),
    ),
    exclusions=(LIKE_THE_OTHERS,),
    abstentions=_SILENT,
    thresholds=(FUNNEL,),
    audience=Audience.INSPECTORS,
    private_inputs=(PERSONNEL_NUMBERS,),
    unit=DOSSIERS_OF_OFFICER,
    least_n=30,
    examine=_examine_withdrawals,
)
