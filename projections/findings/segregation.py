"""R16 from states alone, for whoever has made them again with the private parts opened.

It asks the very rule that findings ask, about the decision alone; the acts that show it are left
out, and an interest that somebody declared is in no state.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from domain.decisions import StreamState
from domain.dossiers import Dossier
from domain.keys import KeyRecord
from domain.offices import OfficeRecord
from domain.procedures import ProcedureRecord
from projections.findings.rules.people.persons import one_person_decides
from projections.findings.shapes import ExaminedDossier
from projections.people.persons import Persons


def segregation_breaches(
    states: Collection[StreamState], numbers: Mapping[str, bytes], as_of: datetime
) -> frozenset[str]:
    """Give the dossiers whose taking in and approval are one person's.

    ``numbers`` gives the personnel number of the keys that have one, in any form.
    """
    persons = Persons([state for state in states if isinstance(state, KeyRecord)], numbers)
    procedures = {state.code: state for state in states if isinstance(state, ProcedureRecord)}
    zones = {
        state.office.id: state.office.time_zone
        for state in states
        if isinstance(state, OfficeRecord)
    }
    examined = (
        ExaminedDossier(
            dossier=state,
            acts=(),
            as_of=as_of,
            zone=zones.get(state.office, "UTC"),
            procedure=procedures.get(state.procedure),
            calendar=None,
            person_of=persons.person_of,
        )
        for state in states
        if isinstance(state, Dossier)
    )
    return frozenset(each.dossier.stream for each in examined if any(one_person_decides(each)))
