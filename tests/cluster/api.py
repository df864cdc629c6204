"""The Kubernetes API over HTTP: as much of it as the tests ask for."""

from __future__ import annotations

import copy
import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

Object = dict[str, Any]
_PATCH = {
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
    "json": "application/json-patch+json",
}
_TRIES = 20


class ApiError(Exception):
    """The API server refused; `code` and `reason` are those of its Status."""

    def __init__(self, asked: str, status: Mapping[str, Any], code: int) -> None:
        super().__init__(f"{asked}: {code} {status.get('message', '')}")
        self.code = code
        self.reason = str(status.get("reason", ""))
        self.message = str(status.get("message", ""))

    @property
    def is_race(self) -> bool:
        """Whether somebody else was faster: the object is gone or changed, or its namespace is about to go."""
        going = ("being terminated", "no new finalizers can be added")
        faster = self.code in (httpx.codes.NOT_FOUND, httpx.codes.CONFLICT)
        return faster or any(words in self.message for words in going)


class Api:
    """A client with a certificate. Kinds are found by asking the server, so that those that a chart brings are too."""

    def __init__(self, address: str, authority: Path, credentials: tuple[Path, Path]) -> None:
        context = ssl.create_default_context(cafile=str(authority))
        context.load_cert_chain(*map(str, credentials))
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        # Nothing of this machine's own: no proxy stands between a test and its API server.
        self._client = httpx.Client(base_url=address, verify=context, trust_env=False, timeout=60, limits=limits)
        self._kinds: dict[tuple[str, str], tuple[str, bool]] = {}
        self._lock = threading.Lock()
        self._headers: list[tuple[str, str]] = []

    def acting_as(self, account: str, namespace: str) -> Api:
        """The same client as a service account, with the rights of that account and no other."""
        other = copy.copy(self)
        groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
        other._headers = [
            ("Impersonate-User", f"system:serviceaccount:{namespace}:{account}"),
            *(("Impersonate-Group", group) for group in groups),
        ]
        return other

    def forget_kinds(self) -> None:
        """Ask for the kinds again: the server has others now."""
        with self._lock:
            self._kinds.clear()

    def close(self) -> None:
        """Drop the connections."""
        self._client.close()

    def get(self, api: str, kind: str, name: str, namespace: str | None = None) -> Object:
        """One object."""
        return self.ask("GET", self.path(api, kind, namespace, name))

    def find(self, api: str, kind: str, name: str, namespace: str | None = None) -> Object | None:
        """One object, or None when there is none, or no such kind."""
        try:
            return self.get(api, kind, name, namespace)
        except (ApiError, LookupError) as error:
            if isinstance(error, ApiError) and error.code != httpx.codes.NOT_FOUND:
                raise
            return None

    def list(self, api: str, kind: str, namespace: str | None = None) -> list[Object]:
        """All objects of a kind, in a namespace or in all; none where there is no such kind."""
        try:
            path = self.path(api, kind, namespace)
        except LookupError:
            return []
        return [{"apiVersion": api, "kind": kind, **item} for item in self.ask("GET", path)["items"]]

    def create(self, given: Object, **query: str) -> Object:
        """Create an object, refusing unknown fields."""
        query = {"fieldValidation": "Strict", **query}
        return self.ask("POST", self._place(given, named=False), given, query)

    def apply(self, given: Object, owner: str = "tests", **query: str) -> Object:
        """Server-side apply, refusing unknown fields."""
        query = {"fieldManager": owner, "force": "true", "fieldValidation": "Strict", **query}
        return self.ask("PATCH", self._place(given), given, query, _PATCH["apply"])

    def patch(self, given: Object, change: Any, part: str = "", form: str = "merge", **query: str) -> Object:
        """Change an object, or a part of it such as `status`."""
        return self.ask("PATCH", self._place(given) + (f"/{part}" if part else ""), change, query, _PATCH[form])

    def delete(self, given: Object, grace: int | None = None, propagation: str = "Background") -> None:
        """Delete an object; one that is gone already is no error."""
        options: Object = {"propagationPolicy": propagation}
        if grace is not None:
            options["gracePeriodSeconds"] = grace
        try:
            self.ask("DELETE", self._place(given), options)
        except ApiError as error:
            if error.code != httpx.codes.NOT_FOUND:
                raise

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Mapping[str, str] | None = None,
        form: str = "",
        tries: int = _TRIES,
    ) -> Object:
        """Ask for a path; the answer, or ApiError."""
        content = None if body is None else json.dumps(body)
        headers = [*self._headers]
        if content is not None:
            headers.append(("Content-Type", form or "application/json"))
        for left in reversed(range(tries)):
            response = self._client.request(method, path, content=content, params=dict(query or {}), headers=headers)
            if response.status_code != httpx.codes.TOO_MANY_REQUESTS or not left:
                break
            # A kind that comes or goes: the server says to ask again.
            time.sleep(0.5)
        answer = response.json() if response.headers.get("Content-Type", "").startswith("application/json") else {}
        if response.is_error:
            raise ApiError(f"{method} {path}", answer or {"message": response.text}, response.status_code)
        return dict(answer)

    def watch(self, api: str, kind: str, version: str, seconds: int = 300) -> Iterator[tuple[str, Object]]:
        """Changes of a kind in all namespaces since a resource version, until the server ends the answer."""
        query = {"watch": "true", "resourceVersion": version, "timeoutSeconds": str(seconds)}
        query["allowWatchBookmarks"] = "true"
        with self._client.stream("GET", self.path(api, kind), params=query, timeout=seconds + 10) as response:
            if response.is_error:
                raise ApiError(f"watch {kind}", {"message": response.read().decode()}, response.status_code)
            for line in response.iter_lines():
                event = json.loads(line)
                yield event["type"], event["object"]

    def path(self, api: str, kind: str, namespace: str | None = None, name: str = "") -> str:
        """The path of a kind or an object. Raises LookupError for a kind that the server does not know."""
        plural, namespaced = self._kind(api, kind)
        base = f"/api/{api}" if "/" not in api else f"/apis/{api}"
        inside = f"/namespaces/{namespace}" if namespaced and namespace else ""
        return f"{base}{inside}/{plural}" + (f"/{name}" if name else "")

    def kinds(self, api: str) -> list[tuple[str, str, bool]]:
        """Kind, plural and whether it is namespaced, of a group and version; empty where there is none such."""
        try:
            found = self.ask("GET", f"/api/{api}" if "/" not in api else f"/apis/{api}")["resources"]
        except ApiError as error:
            if error.code != httpx.codes.NOT_FOUND:
                raise
            return []
        return [(item["kind"], item["name"], item["namespaced"]) for item in found if "/" not in item["name"]]

    def _kind(self, api: str, kind: str) -> tuple[str, bool]:
        with self._lock:
            if (api, kind) not in self._kinds:
                for name, plural, namespaced in self.kinds(api):
                    self._kinds[(api, name)] = (plural, namespaced)
            if (api, kind) not in self._kinds:
                raise LookupError(f"the API server knows no {kind} of {api}")
            return self._kinds[(api, kind)]

    def _place(self, given: Object, named: bool = True) -> str:
        metadata = given["metadata"]
        name = metadata["name"] if named else ""
        return self.path(given["apiVersion"], given["kind"], metadata.get("namespace", "default"), name)


__all__ = ["Api", "ApiError", "Object"]
