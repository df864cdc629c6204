"""The kinds that an API server serves, by one question about all of them that costs next to nothing if asked again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any, Final

import urllib3

# Source: the Kubernetes documentation, "The Kubernetes API", "Aggregated discovery".
_AGGREGATED: Final = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_CORE: Final = "/api"
_ROOTS: Final = (_CORE, "/apis")

# The plural of a kind, and whether its objects stand in namespaces.
Place = tuple[str, bool]


class Kinds:
    """What is known of them. The server is asked again for a kind that is not known, and after `forget`.

    `get` asks for a path, with headers, and raises for a refusal.
    """

    def __init__(self, get: Callable[[str, dict[str, str]], urllib3.BaseHTTPResponse]) -> None:
        self._get = get
        self._lock = threading.Lock()
        self._tags: dict[str, str] = {}
        self._known: dict[str, dict[tuple[str, str], Place]] = {}
        self._asked: float | None = None

    def forget(self) -> None:
        """Ask again: the server may have others now."""
        with self._lock:
            self._asked = None

    def find(self, api: str, kind: str, seconds: float = 0.0) -> Place | None:
        """The place of a kind, or None where there is none such; the server was asked within `seconds` before."""
        with self._lock:
            found = None if self._asked is None else self._of(api, kind)
            if found is None and (self._asked is None or time.monotonic() >= self._asked + seconds):
                self._ask()
                found = self._of(api, kind)
            return found

    def _of(self, api: str, kind: str) -> Place | None:
        places = (known.get((api, kind)) for known in self._known.values())
        return next((place for place in places if place is not None), None)

    def _ask(self) -> None:
        for root in _ROOTS:
            if root == _CORE and root in self._known:
                # No chart adds to it.
                continue
            headers = {"Accept": _AGGREGATED, "If-None-Match": self._tags.get(root, "")}
            response = self._get(root, headers)
            if response.status != HTTPStatus.NOT_MODIFIED:
                self._tags[root] = response.headers["ETag"]
                self._known[root] = dict(_places(response.json()))
        self._asked = time.monotonic()


def _places(answer: dict[str, Any]) -> Iterator[tuple[tuple[str, str], Place]]:
    for group in answer["items"]:
        name = group["metadata"].get("name", "")
        for version in group["versions"]:
            api = f"{name}/{version['version']}" if name else version["version"]
            for resource in version["resources"]:
                place = (resource["resource"], resource["scope"] == "Namespaced")
                yield (api, resource["responseKind"]["kind"]), place


__all__ = ["Kinds"]
