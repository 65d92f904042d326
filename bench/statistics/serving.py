"""The web app over views that are filled already; everything else in its data folder is new."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from falcon.testing import TestClient

from api import bootstrap
from api.app import create_lasting_app
from api.parts import Parts
from api.settings import Settings
from bench.statistics.rated import RatedDocuments, RatedReader, draw_tallies, tally_events
from bench.statistics.world import SEALED_AT
from domain.decisions import StreamState
from projections.views import Views


@contextmanager
def parts_over(views: Views) -> Iterator[Parts]:
    """Give the parts of a web worker that reads these views."""
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data", clock="simulated", log_level="error")
        settings.data.mkdir()
        bootstrap.SimulatedClock(bootstrap.data_folder(settings).clock).set(SEALED_AT)
        bootstrap.prepare_data_folder(settings)
        with bootstrap.embedded_writer(settings, on_fatal=bootstrap.end_process) as writer:
            parts = bootstrap.web_parts(settings, writer)
            with closing(parts.views):
                yield _with_tallies(replace(parts, views=views), settings)


def _with_tallies(parts: Parts, settings: Settings) -> Parts:
    """Put tallies into the ledger of these parts, as many as the views know of."""
    with parts.views.reading() as reader:
        months = reader.tallied_months()
        offices, procedures = reader.offices(), reader.procedures()
    registry: dict[str, StreamState] = {f"office:{name}": one for name, one in offices.items()}
    registry |= {f"procedure:{code}": one for code, one in procedures.items()}
    folder = settings.data / "tallies"
    folder.mkdir()
    documents = RatedDocuments(folder, parts.documents)
    system = bootstrap.operator_keys(settings).system
    tallies = tuple(draw_tallies(registry, months))
    events = tally_events(tallies, documents, parts.origin, system)
    ledger = RatedReader(bootstrap.data_folder(settings).ledger, events)
    return replace(parts, reader=ledger, documents=documents)


def new_client(parts: Parts) -> TestClient:
    """Give a client of an app that has answered nothing, so that it keeps no answer."""
    return TestClient(create_lasting_app(parts))
