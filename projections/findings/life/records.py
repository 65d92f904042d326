"""The life of one finding as its stream tells it, with private parts as far as they opened."""

from dataclasses import dataclass

from domain.errors import Sentence
from domain.facts.integrity import FindingVerdict
from domain.moments import Moment
from domain.oversight.integrity import FindingState
from domain.roles import Role
from projections.findings.life.identities import identity_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One signed act on a finding: its place in stream and log, when, and by whose key in what."""

    version: int
    entry_index: int | None
    at: Moment
    key: str
    role: Role


@dataclass(frozen=True, slots=True)
class Answered:
    """What an office or officer answered; `text` is None where it did not open."""

    step: Step
    text: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """An inspector's verdict; None where it is private and did not open."""

    step: Step
    verdict: FindingVerdict | None
    explanation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLife:
    """One finding from raising to verdict.

    `rule` and all that follows from it is None or empty where the finding is private and its part
    did not open. `against_peers` tells two rules of one number apart. `office` of a public alarm
    is that of its entry.
    """

    stream: str
    raised: Step
    is_alarm: bool
    rule: str | None = None
    rule_version: int | None = None
    against_peers: bool = False
    evidence: tuple[int, ...] = ()
    versions: tuple[int, ...] = ()
    about: str | None = None
    dossier: str | None = None
    office: str | None = None
    asked: str | None = None
    explanation: str | None = None
    document: str | None = None
    answers: tuple[Answered, ...] = ()
    judged: Judged | None = None

    @property
    def state(self) -> FindingState:
        """Give where the finding stands."""
        if self.judged is not None:
            return FindingState.CLOSED
        return FindingState.ANSWERED if self.answers else FindingState.RAISED

    @property
    def verdict(self) -> FindingVerdict | None:
        """Give the verdict, as far as it is known."""
        return None if self.judged is None else self.judged.verdict

    @property
    def identity(self) -> str | None:
        """Give by what the finding is known again; None where its private part did not open."""
        if self.rule is None or self.rule_version is None or self.about is None:
            return None
        return identity_of(
            self.rule,
            self.rule_version,
            self.about,
            self.evidence,
            self.versions,
            against_peers=self.against_peers,
        )

    @property
    def reason(self) -> Sentence | None:
        """Give the reason as it was recorded; in both languages where it was written in both."""
        if self.explanation is None:
            return None
        vietnamese, _, english = self.explanation.partition("\n")
        return Sentence(vietnamese, english or vietnamese)
