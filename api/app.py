"""The Falcon app: its routes, joined from the parts that `api.bootstrap` made."""

import gc

from falcon.asgi import App, Request, Response

from api.error_handlers import add_error_handlers
from api.interface.queries import KnownQueries, QueryMembers
from api.openapi import OPERATIONS
from api.pages.routes import PAGE_QUERIES
from api.pages.routes import add_routes as add_pages
from api.parts import Parts
from api.resources.access import AccessResource, ReadingsResource
from api.resources.actions import ActionsResource
from api.resources.codes import CodesResource
from api.resources.deadlines import DeadlinesResource
from api.resources.dossiers import DossiersResource, LookupResource
from api.resources.editions.answering import add_edition_routes, shelf_of
from api.resources.findings.alarms import AlarmsResource
from api.resources.findings.asked import AskedFindingsResource
from api.resources.findings.gathering import Gatherer
from api.resources.findings.listing import FindingsResource
from api.resources.findings.rules import FindingRulesResource
from api.resources.health import LivenessResource, ReadinessResource
from api.resources.histories.bundles import HistoriesResource
from api.resources.index766.answering import IndexResource
from api.resources.inspecting.looks import LooksResource
from api.resources.inspecting.trails import TrailsResource
from api.resources.inspection import TrailResource
from api.resources.log_files import DocumentsResource, LogFilesResource
from api.resources.observing.metrics import MetricsResource
from api.resources.opendata.feeds import AtomFeedResource
from api.resources.opendata.files import OpenDataResource
from api.resources.opendata.listening import ListeningResource
from api.resources.petitions import PetitionFiguresResource, PetitionsResource
from api.resources.procedures import ProceduresResource
from api.resources.queues.lists import QueuesResource
from api.resources.receipts import LedgerResource, ReceiptsResource, StreamsResource
from api.resources.reference import OpenApiResource, ProblemsResource
from api.resources.registry.evaluations import EvaluationsResource
from api.resources.registry.officers import OfficerEvaluationsResource
from api.resources.registry.offices import OfficesResource
from api.resources.statistics import STATISTICS_PATHS, StatisticsResource
from ledger.bodies import MAX_SAFE_INTEGER
from projections.opendata.feeds import ATOM_PATH


def create_app(parts: Parts) -> "App[Request, Response]":
    """Join routes and resources; nothing here is global."""
    app = App()
    app.req_options.strip_url_path_trailing_slash = False
    add_error_handlers(app, parts.random_bytes)
    app.add_middleware(QueryMembers(_documented_queries(), PAGE_QUERIES))
    _add_write_routes(app, parts)
    _add_read_routes(app, parts)
    _add_officers_routes(app, parts)
    _add_open_data_routes(app, parts)
    _add_index_routes(app, parts)
    add_edition_routes(app, shelf_of(parts))
    _add_reference_routes(app, parts)
    add_pages(app, parts)
    return app


def create_lasting_app(parts: Parts) -> "App[Request, Response]":
    """Make the app of a process that does nothing else, and set aside what never becomes garbage.

    Otherwise each full collection looks through every module and table of the program, a tenth of
    a second long, while somebody's request waits.
    """
    app = create_app(parts)
    gc.collect()
    gc.freeze()
    return app


def _documented_queries() -> KnownQueries:
    known: dict[str, frozenset[str]] = {}
    for operation in OPERATIONS:
        names = frozenset(operation.query_names)
        known[operation.path] = known.get(operation.path, frozenset()) | names
    return known


def _add_write_routes(app: "App[Request, Response]", parts: Parts) -> None:
    actions = ActionsResource(parts)
    app.add_route("/v1/actions", actions)
    app.add_route("/v1/actions/batch", actions, suffix="batch")
    app.add_route("/v1/offices/{office}/codes", CodesResource(parts))
    readings = ReadingsResource(parts)
    app.add_route("/v1/dossiers/{stream}/readings", readings)
    app.add_route("/v1/dossiers/{stream}/readings/next", readings, suffix="next")


def _add_read_routes(app: "App[Request, Response]", parts: Parts) -> None:
    receipts = ReceiptsResource(parts)
    statistics = StatisticsResource(parts)
    app.add_route("/v1/ledger", LedgerResource(parts))
    app.add_route("/v1/streams/{stream}/head", StreamsResource(parts))
    app.add_route(
        f"/v1/streams/{{stream}}/versions/{{version:int(min=1, max={MAX_SAFE_INTEGER})}}/receipt",
        receipts,
    )
    app.add_route(
        f"/v1/entries/{{entry_index:int(min=0, max={MAX_SAFE_INTEGER})}}/receipt",
        receipts,
        suffix="entry",
    )
    histories = HistoriesResource(parts)
    app.add_route("/v1/streams/{stream}/history", histories)
    app.add_route("/v1/dossiers/{stream}/history", histories, suffix="dossier")
    app.add_route("/v1/dossiers/{stream}", DossiersResource(parts))
    app.add_route("/v1/dossiers/{stream}/deadline", DeadlinesResource(parts))
    app.add_route("/v1/dossiers/{stream}/access", AccessResource(parts))
    app.add_route("/v1/lookup", LookupResource(parts))
    for path in STATISTICS_PATHS:
        app.add_route(path, statistics)
    petitions = PetitionsResource(parts)
    app.add_route("/v1/petitions", petitions)
    app.add_route("/v1/petitions/lookup", petitions, suffix="lookup")
    app.add_route("/v1/statistics/petitions", PetitionFiguresResource(parts))
    procedures = ProceduresResource(parts)
    app.add_route("/v1/procedures", procedures)
    app.add_route("/v1/procedures/{code}", procedures, suffix="one")
    app.add_route("/v1/offices/{office}", OfficesResource(parts))
    app.add_route("/v1/offices/{office}/evaluation", EvaluationsResource(parts))
    app.add_route("/log/{path:path}", LogFilesResource(parts))
    app.add_route("/documents/{document_hex}", DocumentsResource(parts))


def _add_officers_routes(app: "App[Request, Response]", parts: Parts) -> None:
    app.add_route("/v1/officers/{key}/evaluation", OfficerEvaluationsResource(parts))
    app.add_route("/v1/queues/{queue}", QueuesResource(parts))
    gatherer = Gatherer(parts)
    app.add_route("/v1/findings", FindingsResource(parts, gatherer))
    app.add_route("/v1/findings/asked", AskedFindingsResource(parts, gatherer))
    app.add_route("/v1/findings/alarms", AlarmsResource(parts))
    app.add_route("/v1/findings/rules", FindingRulesResource(parts, gatherer))
    app.add_route("/v1/trail", TrailsResource(parts))
    app.add_route("/v1/trail/{key}", TrailResource(parts))
    app.add_route("/v1/looks", LooksResource(parts))


def _add_index_routes(app: "App[Request, Response]", parts: Parts) -> None:
    index = IndexResource(parts)
    app.add_route("/v1/statistics/index", index)
    app.add_route("/v1/statistics/report", index, suffix="report")


def _add_open_data_routes(app: "App[Request, Response]", parts: Parts) -> None:
    open_data = OpenDataResource(parts)
    app.add_route("/v1/open-data", open_data)
    app.add_route("/v1/open-data/{file}", open_data, suffix="file")
    app.add_route(ATOM_PATH, AtomFeedResource(parts))
    app.add_route("/v1/feeds/entries", ListeningResource(parts))


def _add_reference_routes(app: "App[Request, Response]", parts: Parts) -> None:
    app.add_route("/livez", LivenessResource())
    app.add_route("/readyz", ReadinessResource(parts))
    app.add_route("/metrics", MetricsResource(parts))
    app.add_route("/openapi.json", OpenApiResource())
    app.add_route("/problems/{code}", ProblemsResource())
