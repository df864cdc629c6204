"""The Kubernetes API over HTTP: as much of it as the tests ask for."""

from __future__ import annotations

import copy
import json
import ssl
import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import urllib3

from .kinds import Kinds

Object = dict[str, Any]
# What a request raises when the API server is not there or does not answer.
NoAnswerError: Final = urllib3.exceptions.HTTPError
_PATCH = {
    "merge": "application/merge-patch+json",
    "strategic": "application/strategic-merge-patch+json",
    "apply": "application/apply-patch+yaml",
    "json": "application/json-patch+json",
}
_SECONDS = 60.0
_TRIES = 20
_MOMENT = 0.2


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
        faster = self.code in (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
        return faster or any(words in self.message for words in going)


class Api:
    """A client with a certificate. Kinds are found by asking the server, so that those that a chart brings are too."""

    def __init__(self, address: str, authority: Path, credentials: tuple[Path, Path]) -> None:
        context = ssl.create_default_context(cafile=str(authority))
        context.load_cert_chain(*map(str, credentials))
        server = urllib3.util.parse_url(address)
        assert server.host
        # No pool manager: no proxy of this machine stands between a test and its API server.
        self._connections = urllib3.HTTPSConnectionPool(
            server.host, server.port, ssl_context=context, maxsize=64, timeout=_SECONDS, retries=False
        )
        self._kinds = Kinds(self._discover)
        self._headers = urllib3.HTTPHeaderDict()

    def acting_as(self, account: str, namespace: str) -> Api:
        """The same client as a service account, with the rights of that account and no other."""
        other = copy.copy(self)
        groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
        other._headers = urllib3.HTTPHeaderDict({"Impersonate-User": f"system:serviceaccount:{namespace}:{account}"})
        for group in groups:
            other._headers.add("Impersonate-Group", group)
        return other

    def forget_kinds(self) -> None:
        """Ask for the kinds again: the server has others now."""
        self._kinds.forget()

    def close(self) -> None:
        """Drop the connections."""
        self._connections.close()

    def get(self, api: str, kind: str, name: str, namespace: str | None = None) -> Object:
        """One object."""
        return self.ask("GET", self.path(api, kind, namespace, name))

    def find(self, api: str, kind: str, name: str, namespace: str | None = None) -> Object | None:
        """One object, or None when there is none, or no such kind."""
        try:
            return self.get(api, kind, name, namespace)
        except (ApiError, LookupError) as error:
            if isinstance(error, ApiError) and error.code != HTTPStatus.NOT_FOUND:
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
            if error.code != HTTPStatus.NOT_FOUND:
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
        headers = self._headers.copy()
        if content is not None:
            headers["Content-Type"] = form or "application/json"
        url = f"{path}?{urlencode(query)}" if query else path
        for left in reversed(range(tries)):
            response = self._connections.request(method, url, body=content, headers=headers)
            if response.status != HTTPStatus.TOO_MANY_REQUESTS or not left:
                break
            # A kind that comes or goes: the server says to ask again.
            time.sleep(0.5)
        answer = response.json() if response.headers.get("Content-Type", "").startswith("application/json") else {}
        if response.status >= HTTPStatus.BAD_REQUEST:
            raise ApiError(f"{method} {path}", answer or {"message": response.data.decode()}, response.status)
        return dict(answer)

    def watch(self, api: str, kind: str, version: str, seconds: int = 300) -> Iterator[tuple[str, Object]]:
        """Changes of a kind in all namespaces since a resource version, until the server ends the answer."""
        query = {"watch": "true", "resourceVersion": version, "timeoutSeconds": str(seconds)}
        query["allowWatchBookmarks"] = "true"
        response = self._connections.request(
            "GET", f"{self.path(api, kind)}?{urlencode(query)}", timeout=seconds + 10, preload_content=False
        )
        try:
            if response.status >= HTTPStatus.BAD_REQUEST:
                raise ApiError(f"watch {kind}", {"message": response.data.decode()}, response.status)
            for line in response:
                event = json.loads(line)
                yield event["type"], event["object"]
        finally:
            response.close()

    def path(self, api: str, kind: str, namespace: str | None = None, name: str = "") -> str:
        """The path of a kind or an object. Raises LookupError for a kind that the server does not know."""
        place = self._kinds.find(api, kind)
        if place is None:
            raise LookupError(f"the API server knows no {kind} of {api}")
        plural, namespaced = place
        base = f"/api/{api}" if "/" not in api else f"/apis/{api}"
        inside = f"/namespaces/{namespace}" if namespaced and namespace else ""
        return f"{base}{inside}/{plural}" + (f"/{name}" if name else "")

    def serves(self, api: str) -> bool:
        """Whether the server has a group and version at this moment, asked anew."""
        try:
            self.ask("GET", f"/apis/{api}")
        except ApiError as error:
            if error.code != HTTPStatus.NOT_FOUND:
                raise
            return False
        return True

    def knows(self, api: str, kind: str) -> bool:
        """Whether the server has a kind, as it said a moment ago: many may ask, over and over."""
        return self._kinds.find(api, kind, _MOMENT) is not None

    def _discover(self, path: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        response = self._connections.request("GET", path, headers=headers)
        if response.status >= HTTPStatus.BAD_REQUEST:
            raise ApiError(f"GET {path}", {"message": response.data.decode()}, response.status)
        return response

    def _place(self, given: Object, named: bool = True) -> str:
        metadata = given["metadata"]
        name = metadata["name"] if named else ""
        return self.path(given["apiVersion"], given["kind"], metadata.get("namespace", "default"), name)


__all__ = ["Api", "ApiError", "NoAnswerError", "Object"]
