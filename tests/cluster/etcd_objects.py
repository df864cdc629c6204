"""What etcd holds: read as a whole, and brought back while the API server runs."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import httpx

# Everything that the API server stores, by key.
Objects = dict[bytes, bytes]
_FIRST: Final = b"/registry/"
_PAST_LAST: Final = b"/registry0"
_EVENTS: Final = b"/registry/events/"
_PAST_EVENTS: Final = b"/registry/events0"
# The API server's own leases are left as they are.
_PASSING: Final = (_EVENTS, b"/registry/masterleases/", b"/registry/leases/kube-system/apiserver-")


class EtcdObjects:
    """The keys and values of an etcd on this machine, by way of its JSON interface."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address, trust_env=False, timeout=60)
        self._known: Objects = {}
        self._revision = 0

    def close(self) -> None:
        """Drop the connection."""
        self._client.close()

    def wait(self, seconds: float = 30.0) -> None:
        """Wait until etcd answers."""
        end = time.monotonic() + seconds
        while True:
            try:
                self._client.get("/health").raise_for_status()
            except httpx.HTTPError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
            else:
                return

    def forget(self) -> None:
        """Read everything again: another etcd stands there now."""
        self._known, self._revision = {}, 0

    def read(self) -> Objects:
        """Everything of one moment. Values are asked for only if they were written since the last time."""
        range_ = {"key": _text(_FIRST), "range_end": _text(_PAST_LAST)}
        answer = self._ask("range", {**range_, "keys_only": True})
        keys = {_bytes(one["key"]) for one in answer.get("kvs", [])}
        revision = int(answer["header"]["revision"])
        written = {**range_, "revision": str(revision), "min_mod_revision": str(self._revision + 1)}
        for one in self._ask("range", written).get("kvs", []):
            self._known[_bytes(one["key"])] = _bytes(one.get("value", ""))
        self._known = {key: value for key, value in self._known.items() if key in keys}
        self._revision = revision
        return {key: value for key, value in self._known.items() if not key.startswith(_PASSING)}

    def bring_back(self, saved: Objects, keeps: Callable[[bytes], bool] = lambda _: False) -> None:
        """Write what differs from `saved`, and delete what is not in it and not to be kept.

        A write that was under way meanwhile is undone too.
        """
        self._ask("deleterange", {"key": _text(_EVENTS), "range_end": _text(_PAST_EVENTS)})
        while operations := list(_differences(self.read(), saved, keeps)):
            self._ask("txn", {"success": operations})

    def _ask(self, what: str, request: Any) -> Any:
        response = self._client.post(f"/v3/kv/{what}", json=request)
        response.raise_for_status()
        return response.json()


def _differences(now: Objects, saved: Objects, keeps: Callable[[bytes], bool]) -> Iterator[dict[str, Any]]:
    yield from (_deletion(key) for key in now if key not in saved and not keeps(key))
    yield from (_writing(key, value) for key, value in saved.items() if now.get(key) != value)


def _deletion(key: bytes) -> dict[str, Any]:
    return {"request_delete_range": {"key": _text(key)}}


def _writing(key: bytes, value: bytes) -> dict[str, Any]:
    return {"request_put": {"key": _text(key), "value": _text(value)}}


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


__all__ = ["EtcdObjects", "Objects"]
