"""A small ledger's log as it is served: files, documents, figures; and a webhook."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec

from ledger.anchors import render_anchors
from projections.comparing import NOTHING_PRIVATE
from projections.follower import Follower
from projections.reading import (
    read_counts,
    read_durations,
    read_petition_figures,
    read_veiled_figures,
)
from projections.views import open_views
from tests.support.folder_server import Answer, serving
from tests.support.ledger_builders import ORIGIN, World, a_world, operator_keys
from transparency.errors import TransparencyError
from transparency.tile_store import CHECKPOINT_PATH

READERS: dict[str, Callable[[Any], Any]] = {
    "counts": read_counts,
    "durations": read_durations,
    "petitions": read_petition_figures,
    "veiled": read_veiled_figures,
}


@dataclass
class ServedLedger:
    """A small ledger with its figures, and what shall be answered otherwise than it is."""

    world: World
    folder: Path
    figures: dict[str, Any] = field(default_factory=dict)
    instead: dict[str, Answer] = field(default_factory=dict)

    def follow(self) -> None:
        """Make the figures of what the log holds now."""
        with closing(open_views(self.folder / "views.sqlite3")) as views:
            world = self.world
            Follower(ORIGIN, world.store, views, world.documents, NOTHING_PRIVATE).catch_up()
            with views.reading() as reader:
                self.figures = {name: read(reader) for name, read in READERS.items()}

    def answer(self, path: str) -> Answer:
        """Answer as the ledger's server does."""
        if path in self.instead:
            return self.instead[path]
        try:
            body = self._body(path)
        except (TransparencyError, KeyError):
            body = None
        return (404, {}, b"") if body is None else (200, {"Content-Length": str(len(body))}, body)

    def _body(self, path: str) -> bytes | None:
        _, first, rest = path.split("/", 2)
        if first == "documents":
            return self.world.documents.read(rest)
        if first == "v1":
            return msgspec.json.encode(self.figures[rest.removeprefix("statistics/")])
        if rest == CHECKPOINT_PATH:
            return self.world.tiles.read_checkpoint()
        return self.world.tiles.read(rest)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve it on this machine; the value is its address."""
        with serving(self.answer) as address:
            yield address


def a_served_ledger(folder: Path) -> ServedLedger:
    """A ledger with two dossiers and its figures; its anchors lie in the folder."""
    world = a_world()
    for _ in range(2):
        world.a_dossier("dossier.accepted")
    anchors = render_anchors(operator_keys().anchors)
    (folder / "anchors.toml").write_text(anchors, encoding="ascii")
    served = ServedLedger(world, folder)
    served.follow()
    return served


@dataclass
class Hook:
    """A webhook that refuses some posts before it takes any."""

    refusals: int = 0
    taken: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Listen on this machine; the value is the address."""
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = 204
                if hook.refusals:
                    hook.refusals, status = hook.refusals - 1, 503
                else:
                    hook.taken.append(msgspec.json.decode(body))
                    hook.keys.append(self.headers["Idempotency-Key"])
                self.send_response(status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/hook"
            finally:
                server.shutdown()
