"""A scripted Azure for the import provider: the real management SDK over a fake transport, and a fake data plane."""

from __future__ import annotations

import io
import json
import types
from pathlib import Path
from typing import Any

import requests
import urllib3
from azure.core.credentials import AccessToken
from azure.core.exceptions import ServiceRequestError
from azure.core.pipeline.transport import RequestsTransport
from azure.mgmt.containerregistry import ContainerRegistryManagementClient

from components.azure.image_import_provider import ImageImportProvider

PINNED = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64
PROPS = {
    "subscriptionId": "11111111-1111-1111-1111-111111111111",
    "resourceGroupName": "rg-airflow-dev",
    "registryName": "crairflowdev",
    "loginServer": "crairflowdev.azurecr.io",
    "image": "airflow",
    "sourceRegistry": "docker.io",
    "sourceRepository": "apache/airflow",
    "tag": "3.3.2",
}

Answer = tuple[int, dict[str, str], Any]
DONE: Answer = (200, {}, None)
EXISTS: Answer = (
    409,
    {},
    {"error": {"code": "Conflict", "message": "Tag apache/airflow:3.3.2 already exists in target registry."}},
)
UNKNOWN_MANIFEST: Answer = (404, {}, {"error": {"code": "NotFound", "message": "manifest unknown."}})
LIMITED: Answer = (429, {"Retry-After": "7"}, {"error": {"code": "TooManyRequests", "message": "slow down"}})
SOURCE_LIMITED: Answer = (
    400,
    {},
    {"error": {"code": "BadRequest", "message": "toomanyrequests: You have reached your pull rate limit."}},
)


class ScriptedAzure(requests.adapters.BaseAdapter):
    """Answers the SDK's requests from a list, and records them."""

    def __init__(self, answers: list[Answer | Exception]) -> None:
        super().__init__()
        self.answers = answers
        self.requests: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, headers, body = answer
        response = requests.Response()
        response.status_code = status
        response.request = request
        response.url = str(request.url)
        response.headers.update({"Content-Type": "application/json", **headers})
        content = b"" if body is None else json.dumps(body).encode()
        response.raw = urllib3.HTTPResponse(body=io.BytesIO(content), headers=headers, preload_content=False)
        return response

    def close(self) -> None:
        pass

    @property
    def imports(self) -> list[Any]:
        return [json.loads(str(request.body)) for request in self.requests if request.method == "POST"]


class Credential:
    def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        return AccessToken("token", 4102444800)


class Tags:
    """The registry's data plane: returns the digests one after another, and the last one for every later request."""

    def __init__(self, digests: list[str | None]) -> None:
        self.digests = digests
        self.asked: list[tuple[str, str]] = []

    def __enter__(self) -> Tags:
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def get_tag_properties(self, repository: str, tag: str) -> Any:
        self.asked.append((repository, tag))
        digest = self.digests.pop(0) if len(self.digests) > 1 else self.digests[0]
        if digest is None:
            raise ServiceRequestError("no route to host")
        return types.SimpleNamespace(digest=digest)


class ScriptedProvider(ImageImportProvider):
    def __init__(self, *answers: Answer | Exception, digests: list[str | None] | None = None) -> None:
        self.azure = ScriptedAzure(list(answers))
        self.tags = Tags(digests or [None])
        self.waits: list[float] = []

    def _management_client(self, subscription_id: str) -> Any:
        session = requests.Session()
        session.mount("https://", self.azure)
        return ContainerRegistryManagementClient(
            Credential(),
            subscription_id,
            transport=RequestsTransport(session=session, session_owner=False),
            polling_interval=0,
            retry_total=0,
        )

    def _digest_client(self, login_server: str) -> Any:
        assert login_server == PROPS["loginServer"]
        return self.tags

    def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class HostedProvider(ImageImportProvider):
    """Can be pickled into Pulumi's provider process, and writes to a file what it would import."""

    def __init__(self, log: str) -> None:
        self.log = log

    def _run_import(self, props: dict[str, Any], mode: str) -> None:
        with Path(self.log).open("a", encoding="utf-8") as log:
            log.write(f"{mode} {props['tag']}\n")

    def _digest_client(self, login_server: str) -> Any:
        return Tags([OTHER])
