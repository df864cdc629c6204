"""Fake registries and chart repositories, which answer an HTTP client without a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

REGISTRY = "registry.example.com"
SOURCE = f"{REGISTRY}/team/app"

Route = Callable[[httpx.Request], httpx.Response]


def digest(letter: str) -> str:
    return "sha256:" + letter * 64


class FakeSources:
    """Answers requests by method, host and path, 404 by default, and records them."""

    def __init__(self) -> None:
        self.routes: dict[tuple[str, str], Route] = {}
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        route = self.routes.get((request.method, f"{request.url.host}{request.url.path}"))
        return route(request) if route else httpx.Response(404)

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self), follow_redirects=True)

    def answer(self, method: str, place: str, status: int = 200, **content: Any) -> None:
        self.routes[method, place] = lambda request: httpx.Response(status, **content)

    def image(self, source: str, tags: dict[str, str]) -> None:
        """Set the answers for an image with its tags and their digests."""
        host, _, repository = source.partition("/")
        self.answer("GET", f"{host}/v2/{repository}/tags/list", json={"name": repository, "tags": list(tags)})
        for tag, value in tags.items():
            headers = {"Docker-Content-Digest": value}
            self.answer("HEAD", f"{host}/v2/{repository}/manifests/{tag}", headers=headers)

    def chart(self, host: str, name: str, versions: list[str], package: str = "") -> None:
        """A chart with its versions; `package` is the digest of each package, empty where the index names none."""
        more = f"\n    digest: {package}" if package else ""
        entries = "".join(f"  - version: {version}{more}\n" for version in versions)
        self.answer("GET", f"{host}/index.yaml", text=f"apiVersion: v1\nentries:\n  {name}:\n{entries}")
