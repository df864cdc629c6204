"""The real Azure clients of the import provider, over a fake transport."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests

from components.azure.image_import_provider import ImageImportProvider
from tests.azure.scripted_azure import DONE, OTHER, PROPS, Answer, Credential, ScriptedAzure

REGISTRY = "https://crairflowdev.azurecr.io"
CHALLENGE: Answer = (
    401,
    {
        "WWW-Authenticate": f'Bearer realm="{REGISTRY}/oauth2/token",service="crairflowdev.azurecr.io",'
        'scope="repository:apache/airflow:metadata_read"'
    },
    None,
)
CLAIMS = base64.urlsafe_b64encode(json.dumps({"exp": 4102444800}).encode()).decode().rstrip("=")
REFRESH_TOKEN: Answer = (200, {}, {"refresh_token": f"e30.{CLAIMS}.x"})
ACCESS_TOKEN: Answer = (200, {}, {"access_token": "access"})
TAG: Answer = (
    200,
    {},
    {"imageName": "apache/airflow", "tag": {"name": "3.3.2", "digest": OTHER, "changeableAttributes": {}}},
)


@pytest.fixture
def scopes() -> list[str]:
    """Every scope that a token was requested for."""
    return []


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch, scopes: list[str]) -> ScriptedAzure:
    """Receives every request of the process; each test sets the answers."""

    class RecordingCredential(Credential):
        def get_token(self, *asked: str, **kwargs: Any) -> Any:
            scopes.extend(asked)
            return super().get_token(*asked, **kwargs)

    wire = ScriptedAzure([])
    monkeypatch.setattr("azure.identity.DefaultAzureCredential", RecordingCredential)
    monkeypatch.setattr(requests.Session, "get_adapter", lambda session, url: wire)
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    return wire


def test_the_digest_is_read_from_the_registry(azure: ScriptedAzure) -> None:
    azure.answers = [CHALLENGE, REFRESH_TOKEN, ACCESS_TOKEN, TAG]
    assert ImageImportProvider()._read_digest(PROPS) == OTHER
    assert str(azure.requests[-1].url).split("?")[0] == f"{REGISTRY}/acr/v1/apache%2Fairflow/_tags/3.3.2"


def test_the_registry_is_read_with_a_token_for_azure_resource_manager(azure: ScriptedAzure, scopes: list[str]) -> None:
    azure.answers = [CHALLENGE, REFRESH_TOKEN, ACCESS_TOKEN, TAG]
    ImageImportProvider()._read_digest(PROPS)
    assert scopes == ["https://management.azure.com/.default"]


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_of_the_registry_is_no_error(azure: ScriptedAzure, status: int) -> None:
    azure.answers = [(status, {}, None)]
    assert ImageImportProvider()._read_digest(PROPS) is None


def test_a_registry_without_a_route_is_no_error(azure: ScriptedAzure) -> None:
    azure.answers = [requests.ConnectionError("no route to host")] * 10
    assert ImageImportProvider()._read_digest(PROPS) is None


def test_a_registry_without_a_route_is_tried_a_few_times_only(azure: ScriptedAzure) -> None:
    azure.answers = [requests.ConnectionError("no route to host")] * 10
    ImageImportProvider()._read_digest(PROPS)
    assert len(azure.requests) < 5


def test_the_import_is_requested_from_azure_resource_manager(azure: ScriptedAzure) -> None:
    azure.answers = [DONE]
    ImageImportProvider()._run_import(PROPS, "NoForce")
    assert str(azure.requests[0].url).startswith("https://management.azure.com/subscriptions/")
