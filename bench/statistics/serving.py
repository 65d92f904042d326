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
from bench.statistics.world import SEALED_AT
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
                yield replace(parts, views=views)


def new_client(parts: Parts) -> TestClient:
    """Give a client of an app that has answered nothing, so that it keeps no answer."""
    return TestClient(create_lasting_app(parts))
