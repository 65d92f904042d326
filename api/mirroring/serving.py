"""The app that serves a mirror: the same paths as the log's own, and nothing that writes."""

from dataclasses import dataclass
from pathlib import Path

from falcon.asgi import App, Request, Response

from api.bootstrap import random_bytes
from api.error_handlers import add_error_handlers
from api.interface.log_lines import configure_log
from api.resources.editions.answering import add_edition_routes
from api.resources.health import LivenessResource
from api.resources.log_files import DocumentsResource, LogFilesResource
from api.settings import Settings
from ledger.documents import DocumentSource
from ledger.mirroring.folder import MirrorFolder
from projections.editions.folder import EditionFolder
from projections.editions.listing import EditionShelf
from transparency.tile_store import LogSource


@dataclass(frozen=True, slots=True)
class MirrorParts:
    """What a mirror answers from."""

    tile_store: LogSource
    documents: DocumentSource


def create_mirror_app(folder: MirrorFolder) -> "App[Request, Response]":
    """Join the routes of a mirror."""
    app = App()
    app.req_options.strip_url_path_trailing_slash = False
    add_error_handlers(app, random_bytes)
    parts = MirrorParts(folder.tiles(), folder.documents())
    app.add_route("/log/{path:path}", LogFilesResource(parts))
    app.add_route("/documents/{document_hex}", DocumentsResource(parts))
    add_edition_routes(app, EditionShelf(EditionFolder(folder.editions)))
    app.add_route("/livez", LivenessResource())
    return app


def app_at(folder: str) -> "App[Request, Response]":
    """Build the app of one web worker; gunicorn calls this with the mirror's folder."""
    configure_log(Settings())
    return create_mirror_app(MirrorFolder(Path(folder)))
