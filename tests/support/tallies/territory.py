"""A small territory for tallies of ratings: a country, two provinces, four communes, two fields."""

from collections.abc import Iterable, Sequence

from domain.facts import RatingStage, SatisfactionRatedDetails
from domain.facts.tallies import TallyPublished, TallySubject
from domain.offices import Office
from domain.procedures import Procedure
from domain.tallies import Rating, Tally, tally_ratings
from projections.statistics.places import OfficePlace, Places
from projections.tallies.published import RatingTally
from tests.support.builders import a_procedure, an_office

PARENTS = {"A1": "A", "A2": "A", "B1": "B", "B2": "B", "A": "C", "B": "C", "C": None}
FIELDS = {"p1": "land", "p2": "land", "p3": "health", "p4": "health", "p5": None, "p6": None}
ZONE = "Asia/Ho_Chi_Minh"


class Territory:
    """The offices and procedures that a tally is made with."""

    def office(self, office_id: str) -> Office | None:
        return an_office(office_id, parent=PARENTS[office_id])

    def procedure(self, code: str) -> Procedure | None:
        return a_procedure(code=code, field=FIELDS[code])


def level_of(office: str) -> str:
    """A letter and a number are a commune."""
    return "commune" if len(office) > 1 else "province"


PLACES = Places(
    {
        name: OfficePlace(office=name, parent=parent, level=level_of(name), zone=ZONE)
        for name, parent in PARENTS.items()
    },
    FIELDS,
)


def ratings_of(
    office: str,
    procedure: str,
    overall: Sequence[int],
    stage: RatingStage = RatingStage.RESULT,
    attitude: int | None = None,
) -> list[Rating]:
    """One rating for each overall mark, all with the same attitude."""
    return [
        Rating(office, procedure, stage, SatisfactionRatedDetails(overall=one, attitude=attitude))
        for one in overall
    ]


def tallied(month: str, ratings: Iterable[Rating], before: int = 0, index: int = 0) -> RatingTally:
    """The tally of some ratings after ``before`` others were counted; ten wait."""
    tally = tally_ratings(month, list(ratings), Territory())
    return published(tally, before, index or int(month.replace("-", "")))


def published(tally: Tally, before: int, entry_index: int) -> RatingTally:
    """A tally as it stands in the log: ten envelopes wait."""
    facts = TallyPublished(
        subject=TallySubject.RATINGS,
        document="0a" * 32,
        envelopes=before + tally.counted + 10,
        counted=tally.counted,
        withheld=10,
    )
    return RatingTally(tally.month, entry_index, facts, tally.cells)
