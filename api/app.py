"""The Falcon app: its routes, joined from the parts that `api.bootstrap` made."""

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
from api.resources.health import LivenessResource, ReadinessResource
from api.resources.histories.bundles import HistoriesResource
from api.resources.inspection import FindingsResource, TrailResource
from api.resources.log_files import DocumentsResource, LogFilesResource
from api.resources.petitions import PetitionFiguresResource, PetitionsResource
from api.resources.procedures import ProceduresResource
from api.resources.receipts import LedgerResource, ReceiptsResource, StreamsResource
from api.resources.reference import OpenApiResource, ProblemsResource
from api.resources.registry.evaluations import EvaluationsResource
from api.resources.registry.officers import OfficerEvaluationsResource
from api.resources.registry.offices import OfficesResource
from api.resources.statistics import StatisticsResource
from ledger.bodies import MAX_SAFE_INTEGER


def create_app(parts: Parts) -> "App[Request, Response]":
    """Join routes and resources; nothing here is global."""
    app = App()
    app.req_options.strip_url_path_trailing_slash = False
    add_error_handlers(app, parts.random_bytes)
    app.add_middleware(QueryMembers(_documented_queries(), PAGE_QUERIES))
    _add_write_routes(app, parts)
    _add_read_routes(app, parts)
    _add_reference_routes(app, parts)
    add_pages(app, parts)
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
    app.add_route("/v1/statistics/counts", statistics, suffix="counts")
    app.add_route("/v1/statistics/durations", statistics, suffix="durations")
    app.add_route("/v1/statistics/veiled", statistics, suffix="veiled")
    petitions = PetitionsResource(parts)
    app.add_route("/v1/petitions", petitions)
    app.add_route("/v1/petitions/lookup", petitions, suffix="lookup")
    app.add_route("/v1/statistics/petitions", PetitionFiguresResource(parts))
    procedures = ProceduresResource(parts)
    app.add_route("/v1/procedures", procedures)
    app.add_route("/v1/procedures/{code}", procedures, suffix="one")
    app.add_route("/v1/offices/{office}", OfficesResource(parts))
    app.add_route("/v1/offices/{office}/evaluation", EvaluationsResource(parts))
    app.add_route("/v1/officers/{key}/evaluation", OfficerEvaluationsResource(parts))
    app.add_route("/v1/findings", FindingsResource(parts))
    app.add_route("/v1/trail/{key}", TrailResource(parts))
    app.add_route("/log/{path:path}", LogFilesResource(parts))
    app.add_route("/documents/{document_hex}", DocumentsResource(parts))


def _add_reference_routes(app: "App[Request, Response]", parts: Parts) -> None:
    app.add_route("/livez", LivenessResource())
    app.add_route("/readyz", ReadinessResource(parts))
    app.add_route("/openapi.json", OpenApiResource())
    app.add_route("/problems/{code}", ProblemsResource())
