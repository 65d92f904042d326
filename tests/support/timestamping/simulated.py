"""A simulated timestamp authority: OpenSSL answers, under a name that says that it is none.

It is for tests alone. Its keys are made anew for each run, and its clock is this machine's.
"""

import shutil
import subprocess
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from ledger.timestamping.tokens import RESPONSE_MEDIA_TYPE

OPENSSL = shutil.which("openssl")
NAME = "Simulated timestamp authority, for tests"
CONFIG = """
[tsa]
default_tsa = simulated
[simulated]
dir = .
serial = ./serial
crypto_device = builtin
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.5
digests = sha256, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[tsa_extensions]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
"""

needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")


@dataclass(frozen=True)
class SimulatedAuthority:
    """An authority in a folder of its own."""

    folder: Path

    @classmethod
    def new(cls, folder: Path, name: str = NAME) -> "SimulatedAuthority":
        """Make a root and an authority below it."""
        folder.mkdir()
        (folder / "tsa.cnf").write_text(CONFIG)
        (folder / "serial").write_text("01\n")
        made = cls(folder)
        new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        made._openssl(
            *("req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30"),
            *("-subj", f"/CN={name}: root"),
        )
        made._openssl(
            *("req", *new_key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", f"/CN={name}")
        )
        made._openssl(
            *("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "30"),
            *("-set_serial", "2", "-extfile", "tsa.cnf", "-extensions", "tsa_extensions"),
            *("-out", "tsa.pem"),
        )
        return made

    @property
    def roots(self) -> bytes:
        """The root certificate, in PEM."""
        return (self.folder / "ca.pem").read_bytes()

    def stamp(self, request_der: bytes) -> bytes:
        """Answer a request."""
        (self.folder / "request.tsq").write_bytes(request_der)
        self._openssl(
            *("ts", "-reply", "-config", "tsa.cnf", "-section", "simulated"),
            *("-queryfile", "request.tsq", "-out", "reply.tsr"),
        )
        return (self.folder / "reply.tsr").read_bytes()

    def _openssl(self, *arguments: str) -> None:
        assert OPENSSL is not None
        subprocess.run([OPENSSL, *arguments], cwd=self.folder, check=True, capture_output=True)


def handler_of(
    authority: SimulatedAuthority, media_type: str = RESPONSE_MEDIA_TYPE
) -> type[BaseHTTPRequestHandler]:
    """An HTTP face of an authority."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            answer = authority.stamp(request)
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    return Handler
