"""A key service that a stack's secrets are encrypted with, where the passphrase is not what a test is about.

From a passphrase the CLI derives the key anew in every command, by a million rounds of a hash: a fifth of its time.
Source: Vault's API, "Transit secrets engine", as far as the CLI asks.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

PROVIDER = "hashivault://tests"


class _Transit(BaseHTTPRequestHandler):
    """Hands out a number for what it is to encrypt, and takes it back."""

    kept: ClassVar[dict[str, str]] = {}
    numbers: ClassVar[Iterator[int]] = itertools.count()

    def do_PUT(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "/encrypt/" in self.path:
            number = f"vault:v1:{next(self.numbers)}"
            self.kept[number] = asked["plaintext"]
            self._answer({"ciphertext": number})
        else:
            self._answer({"plaintext": self.kept[asked["ciphertext"]]})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that its base class gives it
        """Say nothing."""

    def _answer(self, data: dict[str, str]) -> None:
        body = json.dumps({"data": data}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving() -> Iterator[dict[str, str]]:
    """Serve as long as the block runs; what the CLI finds it by."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Transit)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {"VAULT_SERVER_URL": f"http://127.0.0.1:{server.server_port}", "VAULT_SERVER_TOKEN": "for tests"}
    finally:
        server.shutdown()
        server.server_close()
