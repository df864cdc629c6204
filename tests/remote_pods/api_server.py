"""A Kubernetes API server on loopback, with TLS, that lists one pod to whoever has the token."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.cluster.certificates import Authority

TOKEN = "a-token-of-entra"


@dataclass(frozen=True)
class ApiServer:
    """Its address, the certificate of its authority as PEM, and the paths that it was asked for with the token."""

    url: str
    authority: bytes
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(folder: Path) -> Iterator[ApiServer]:
    """Serve until the end of the block."""
    authority = Authority(folder)
    pair = authority.server()
    (folder / "server.pem").write_bytes(pair.key + pair.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self._answer(401, {"kind": "Status", "message": "Unauthorized", "code": 401})
                return
            asked.append(self.path)
            pod = {"metadata": {"name": "a-pod", "namespace": "jobs"}, "spec": {"containers": []}}
            self._answer(200, {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [pod]})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield ApiServer(f"https://127.0.0.1:{server.server_port}", authority.pem, asked)
    finally:
        server.shutdown()
        server.server_close()
