"""Looking at one dossier with every rule, and telling whether the verdict rests on the time."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime

from projections.findings import Finding, find
from projections.findings.peers.inputs.observing import Observed, observe
from projections.findings.shapes import ExaminedDossier


class _Watched(ExaminedDossier):
    """A dossier that remembers whether any rule asked as of when it is looked at.

    A rule that did not ask gives the same at every instant, until something else changes.
    """

    __slots__ = ("_instant", "was_asked")

    _instant: datetime
    was_asked: bool

    def _give(self) -> datetime:
        # The class is frozen for all others; this one note is its own.
        object.__setattr__(self, "was_asked", True)
        return self._instant

    def _keep(self, instant: datetime) -> None:
        object.__setattr__(self, "_instant", instant)
        object.__setattr__(self, "was_asked", False)

    as_of = property(_give, _keep)


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What the rules gave on one dossier.

    ``is_watched``: some of it may change with time alone. ``observed`` is what is compared.
    """

    stream: str
    office: str
    last_version: int
    is_watched: bool
    findings: tuple[Finding, ...]
    observed: Observed


def look_at(examined: ExaminedDossier, person_of: Callable[[str], str]) -> LookedAt:
    """Look at a dossier with every rule on one dossier, as of the instant that it bears."""
    members = {each.name: getattr(examined, each.name) for each in fields(ExaminedDossier)}
    watched = _Watched(**(members | {"person_of": person_of}))
    findings, observed = tuple(find(watched)), observe(watched)
    return LookedAt(
        stream=examined.dossier.stream,
        office=examined.dossier.office,
        last_version=examined.acts[-1].version,
        is_watched=watched.was_asked,
        findings=findings,
        observed=observed,
    )
