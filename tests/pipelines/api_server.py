"""Plays the REST interfaces of GitHub and Azure DevOps on a loopback port, as strictly as they answer.

It refuses requests without the token, with a wrong method, version or content type, and hands lists out in pages.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "a-token-of-this-job"


@dataclass
class Request:
    """A request that passed the checks of `Api`."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    content_type: str
    address: str


Answer = tuple[int, Any, dict[str, str]]
Route = tuple[str, str, Callable[..., Answer]]


@dataclass
class Api:
    """Routes by method and path. `writes` holds the requests that changed something, in their order."""

    address: str = ""
    writes: list[tuple[str, str]] = field(default_factory=list)
    required_headers: dict[str, str] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """Return method, pattern of the whole path, and function of each operation."""
        raise NotImplementedError

    def answer(self, request: Request, headers: Any) -> Answer:
        """Check a request and hand it to its operation."""
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"message": "Requires authentication"}, {}
        for name, value in self.required_headers.items():
            if headers.get(name) != value:
                return 415, {"message": f"{name} must be {value}"}, {}
        paths = [
            (method, operation, re.fullmatch(pattern, request.path)) for method, pattern, operation in self.routes()
        ]
        if not any(found for _, _, found in paths):
            return 404, {"message": "Not Found"}, {}
        for method, operation, found in paths:
            if found and method == request.method:
                if method != "GET":
                    self.writes.append((method, request.path))
                return operation(request, *map(unquote, found.groups()))
        return 405, {"message": "Method Not Allowed"}, {}


@contextmanager
def serving(api: Api) -> Iterator[Api]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = json.loads(data) if data else None
            kind = self.headers.get("Content-Type", "")
            request = Request(self.command, parts.path, query, body, kind, api.address)
            status, content, headers = api.answer(request, self.headers)
            sent = json.dumps(content).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(sent))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any  # noqa: N815 - the names of the base class

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
