"""A plain web server on this machine for tests: a folder's files, or answers made up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

Answer = tuple[int, dict[str, str], bytes]


@contextmanager
def serving(answer: Callable[[str], Answer]) -> Iterator[str]:
    """Serve what `answer` gives for each path; the value is the server's address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@contextmanager
def serving_folder(folder: Path) -> Iterator[str]:
    """Serve the files of a folder as they are."""

    def answer(path: str) -> Answer:
        file = folder / path.lstrip("/")
        if not file.is_file():
            return 404, {}, b"not found"
        return 200, {"Content-Length": str(file.stat().st_size)}, file.read_bytes()

    with serving(answer) as address:
        yield address
