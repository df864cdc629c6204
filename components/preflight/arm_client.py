"""Sends requests to Azure Resource Manager."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from azure.core import PipelineClient
from azure.core.exceptions import AzureError, ClientAuthenticationError
from azure.core.pipeline.policies import BearerTokenCredentialPolicy, HeadersPolicy, RetryPolicy
from azure.core.rest import HttpRequest

from .operations import Operation

ENDPOINT: Final = "https://management.azure.com"
SCOPE: Final = f"{ENDPOINT}/.default"
_RETRIES: Final = 3
# A check that waits longer tells the user less than one that says that Azure limits the rate.
_LONGEST_WAIT_SECONDS: Final = 20
_LONGEST_MESSAGE: Final = 300

Answer = dict[str, Any]


class ArmError(Exception):
    """Azure refused a request or did not answer it; the message is one line.

    `status` is the HTTP status, None without an answer. `code` is Azure's own error code.
    """

    def __init__(self, message: str, status: int | None = None, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class ArmClient:
    """Reads from Azure with one sign-in, in one subscription. It never registers or changes anything.

    Any number of threads may use it at once. Each address is read once, however many checks ask for it.
    """

    def __init__(self, credential: Any, subscription: str, transport: Any = None) -> None:
        self.subscription = subscription
        self._pipeline = PipelineClient(
            ENDPOINT,
            policies=[
                HeadersPolicy({"Accept": "application/json", "User-Agent": "airflow-aks-preflight"}),
                _ShortRetries(retry_total=_RETRIES, retry_backoff_max=_LONGEST_WAIT_SECONDS),
                BearerTokenCredentialPolicy(credential, SCOPE),
            ],
            **({} if transport is None else {"transport": transport}),
        )
        self._answers: dict[str, Answer] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, operation: Operation, query: Mapping[str, str] | None = None, **parts: str) -> Answer:
        """Return the answer of a read. Raises ArmError."""
        return self._read(self._address(operation, parts, query or {}))

    def post(self, operation: Operation, body: Answer, **parts: str) -> Answer:
        """Return the answer to a question that has a body. Raises ArmError."""
        return self._send(HttpRequest("POST", self._address(operation, parts, {}), json=body))

    def pages(self, operation: Operation, query: Mapping[str, str] | None = None, **parts: str) -> Iterator[Answer]:
        """Yield the entries of a list from all of its pages. Raises ArmError."""
        address: str | None = self._address(operation, parts, query or {})
        while address:
            page = self._read(address)
            yield from page.get("value") or ()
            address = page.get("nextLink")
            # The token must not go to another server.
            if address and not address.startswith(f"{ENDPOINT}/"):
                raise ArmError(f"the next page of {operation.path} is on another server")

    def _address(self, operation: Operation, parts: Mapping[str, str], query: Mapping[str, str]) -> str:
        scope = parts.get("scope", "")
        names = {key: quote(value, safe="") for key, value in parts.items() if key != "scope"}
        path = operation.path.format(subscription=self.subscription, scope=quote(scope), **names)
        return f"{ENDPOINT}{path}?{urlencode({'api-version': operation.api_version, **query}, quote_via=quote)}"

    def _read(self, address: str) -> Answer:
        with self._lock:
            lock = self._locks.setdefault(address, threading.Lock())
        with lock:
            if address not in self._answers:
                self._answers[address] = self._send(HttpRequest("GET", address))
            return self._answers[address]

    def _send(self, request: HttpRequest) -> Answer:
        try:
            response = self._pipeline.send_request(request)
        except ClientAuthenticationError as error:
            raise ArmError("the sign-in is no longer valid: run `az login`", 401) from error
        except AzureError as error:
            raise ArmError(f"no connection to {ENDPOINT}: {_one_line(str(error))}") from error
        try:
            answer = json.loads(response.text() or "{}")
        except ValueError:
            answer = None
        if response.status_code >= 400:
            raise _refusal(response.status_code, answer)
        if not isinstance(answer, dict):
            raise ArmError(f"{ENDPOINT} did not answer with JSON, as a proxy does", response.status_code)
        return answer


class _ShortRetries(RetryPolicy):  # type: ignore[misc]
    """Repeats what Azure refuses for the moment, and waits as long as Azure asks for, but not for minutes."""

    def get_retry_after(self, response: Any) -> float:
        return min(super().get_retry_after(response) or 0, _LONGEST_WAIT_SECONDS)


def _refusal(status: int, answer: Any) -> ArmError:
    error = answer.get("error") if isinstance(answer, dict) else None
    error = error if isinstance(error, dict) else {}
    code = str(error.get("code", ""))
    text = _one_line(str(error.get("message", ""))) or "no reason given"
    return ArmError(f"HTTP {status} {code}: {text}".replace("  ", " "), status, code)


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]}..."
