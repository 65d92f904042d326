"""Where the people's pages stand."""

from collections.abc import Mapping
from typing import Final

from falcon.asgi import App, Request, Response

from api.pages.alarms.listing import AlarmPages
from api.pages.catalogue import CataloguePages
from api.pages.editions.listing import EditionPages
from api.pages.offices.evaluations import EvaluationPages
from api.pages.offices.index766 import IndexPages
from api.pages.opendata.listing import OpenDataPages
from api.pages.petitions import PetitionPages
from api.pages.rendering import Renderer
from api.pages.resources import BrowserProblems, PublicPages, StaticFiles, TrackPages
from api.pages.source import PartsSource
from api.parts import Parts
from ledger.bodies import MAX_SAFE_INTEGER

ENTRY_ROUTE: Final = f"/entries/{{entry_index:int(min=0, max={MAX_SAFE_INTEGER})}}"

_LANGUAGE: Final = frozenset({"lang"})
# Which query members each page takes, by its route without converters.
PAGE_QUERIES: Final[Mapping[str, frozenset[str]]] = {
    "/": _LANGUAGE,
    "/statistics": _LANGUAGE | {"office", "procedure", "from", "to"},
    "/statistics/index": _LANGUAGE | {"office", "period"},
    "/statistics/editions": _LANGUAGE | {"before"},
    "/statistics/editions/{day}": _LANGUAGE,
    "/log": _LANGUAGE | {"end"},
    "/entries/{entry_index}": _LANGUAGE,
    "/procedures": _LANGUAGE | {"q", "field", "level", "office", "life_event", "after", "limit"},
    "/procedures/{code}": _LANGUAGE,
    "/offices/{office}/evaluation": _LANGUAGE | {"period"},
    "/open-data": _LANGUAGE,
    "/alarms": _LANGUAGE,
    "/petitions": _LANGUAGE | {"month"},
    "/petitions/track": _LANGUAGE,
    "/about": _LANGUAGE,
    "/track": _LANGUAGE,
    "/dossiers": _LANGUAGE,
    "/dossiers/{dossier_id}": _LANGUAGE,
    "/static/{name}": frozenset({"v"}),
}


def add_routes(app: "App[Request, Response]", parts: Parts) -> None:
    """Add the pages to an app, and pages instead of problem documents for browsers."""
    renderer = Renderer(parts.settings, parts.clock)
    source = PartsSource(parts)
    public = PublicPages(renderer, source)
    track = TrackPages(renderer, source, parts)
    catalogue = CataloguePages(renderer, parts)
    app.add_route("/", public)
    app.add_route("/statistics", public, suffix="statistics")
    app.add_route("/log", public, suffix="log")
    app.add_route(ENTRY_ROUTE, public, suffix="entry")
    app.add_route("/procedures", catalogue)
    app.add_route("/procedures/{code}", catalogue, suffix="one")
    app.add_route("/offices/{office}/evaluation", EvaluationPages(renderer, parts))
    app.add_route("/statistics/index", IndexPages(renderer, parts))
    editions = EditionPages(renderer, parts)
    app.add_route("/statistics/editions", editions)
    app.add_route("/statistics/editions/{day}", editions, suffix="one")
    app.add_route("/open-data", OpenDataPages(renderer, parts))
    app.add_route("/alarms", AlarmPages(renderer, parts))
    petitions = PetitionPages(renderer, parts)
    app.add_route("/petitions", petitions)
    app.add_route("/petitions/track", petitions, suffix="track")
    app.add_route("/about", public, suffix="about")
    app.add_route("/track", track)
    app.add_route("/dossiers", track, suffix="dossiers")
    app.add_route("/dossiers/{dossier_id}", track, suffix="dossier")
    app.add_route("/static/{name}", StaticFiles(renderer.static_files))
    app.add_middleware(BrowserProblems(renderer))
