"""What the API server holds of a kind, kept up to date by a watch."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Final

from .api import Api, ApiError, NoAnswerError, Object

_PAUSE: Final = 0.2


class Mirror:
    """Objects of some kinds. `changed` is set whenever one of them is another."""

    def __init__(self, api: Api, kinds: Iterable[tuple[str, str]]) -> None:
        self._api = api
        self._objects: dict[str, dict[tuple[str, str], Object]] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self.changed = threading.Event()
        self._threads = []
        for version, kind in kinds:
            self._objects[kind] = {}
            thread = threading.Thread(target=self._follow, args=(version, kind), daemon=True, name=f"mirror {kind}")
            self._threads.append(thread)
            thread.start()

    def all(self, kind: str) -> list[Object]:
        """All objects of a kind."""
        with self._lock:
            return list(self._objects[kind].values())

    def one(self, kind: str, name: str, namespace: str = "") -> Object | None:
        """An object, or None."""
        with self._lock:
            return self._objects[kind].get((namespace, name))

    def put(self, given: Object) -> None:
        """Take what a write of our own has answered, before the watch says so."""
        with self._lock:
            self._keep(given)

    def end(self) -> None:
        """Follow no more."""
        self._ended.set()
        self.changed.set()

    def _follow(self, version: str, kind: str) -> None:
        while not self._ended.is_set():
            try:
                if not self._api.knows(version, kind):
                    # A kind that no chart has brought yet.
                    self._forget_all(kind)
                    time.sleep(_PAUSE)
                    continue
                start = self._list(version, kind)
                for type_, item in self._api.watch(version, kind, start):
                    if self._ended.is_set():
                        return
                    if type_ == "ERROR":
                        break
                    if type_ != "BOOKMARK":
                        self._take(version, kind, type_, item)
            except (ApiError, LookupError, NoAnswerError):
                # The kind has gone, or the API server starts again.
                self._api.forget_kinds()
                time.sleep(_PAUSE)

    def _list(self, version: str, kind: str) -> str:
        answer = self._api.ask("GET", self._api.path(version, kind))
        items = [{"apiVersion": version, "kind": kind, **item} for item in answer["items"]]
        with self._lock:
            self._objects[kind] = {_key(item): item for item in items}
        self.changed.set()
        return str(answer["metadata"]["resourceVersion"])

    def _forget_all(self, kind: str) -> None:
        with self._lock:
            self._objects[kind].clear()

    def _take(self, version: str, kind: str, type_: str, item: Object) -> None:
        with self._lock:
            if type_ == "DELETED":
                self._objects[kind].pop(_key(item), None)
            else:
                self._keep({"apiVersion": version, "kind": kind, **item})
        self.changed.set()

    def _keep(self, item: Object) -> None:
        known = self._objects[item["kind"]].get(_key(item))
        # The watch lags behind what a write of our own has answered.
        if known is None or _version(item) >= _version(known):
            self._objects[item["kind"]][_key(item)] = item


def _version(item: Object) -> int:
    return int(item["metadata"]["resourceVersion"])


def _key(item: Object) -> tuple[str, str]:
    return item["metadata"].get("namespace", ""), item["metadata"]["name"]


__all__ = ["Mirror"]
