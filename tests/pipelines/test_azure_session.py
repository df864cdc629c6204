"""Tests that the Azure CLI stays signed in for as long as an update takes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dryrun.pipelines.azure_session import keep_signed_in
from tests.pipelines.api_server import TOKEN, Answer, Api, Request, Route, serving


class TokenService(Api):
    """Hands out an identity token for Azure, as GitHub's runner asks for it."""

    def routes(self) -> list[Route]:
        return [("GET", "/token/7", self.hand_out)]

    def hand_out(self, request: Request) -> Answer:
        if request.query != {"api-version": "2.0", "audience": "api://AzureADTokenExchange"}:
            return 400, {"message": "no such audience"}, {}
        return 200, {"value": "an-identity-token"}, {}


@pytest.fixture
def service() -> Iterator[TokenService]:
    with serving(TokenService()) as api:
        assert isinstance(api, TokenService)
        yield api


@pytest.fixture
def workflow(tmp_path: Path, service: TokenService, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the variables of a job, with an `az` that records its arguments."""
    az = tmp_path / "bin" / "az"
    az.parent.mkdir()
    az.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\ntest ! -e {tmp_path}/broken || exit 1\n', encoding="utf-8"
    )
    az.chmod(0o755)
    return {
        "PATH": f"{az.parent}:{os.environ['PATH']}",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{service.address}/token/7?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": TOKEN,
        "PIPELINE_CLIENT_ID": "client",
        "PIPELINE_TENANT_ID": "tenant",
        "PIPELINE_SUBSCRIPTION_ID": "subscription",
    }


def asked(tmp_path: Path, lines: int = 0) -> list[str]:
    """Return what `az` was asked, once it was asked so often."""
    file, end = tmp_path / "asked", time.monotonic() + 20
    while time.monotonic() < end:
        found = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        if len(found) >= lines:
            return found
        time.sleep(0.01)
    raise AssertionError("az was not asked")


def test_it_signs_in_again_and_selects_the_same_subscription(tmp_path: Path, workflow: dict[str, str]) -> None:
    with keep_signed_in(workflow, seconds=0.01):
        login, account, *_ = asked(tmp_path, lines=4)
    assert login == (
        "login --service-principal --username client --tenant tenant --federated-token an-identity-token --output none"
    )
    assert account == "account set --subscription subscription --output none"


def test_it_ends_with_the_command(tmp_path: Path, workflow: dict[str, str]) -> None:
    with keep_signed_in(workflow, seconds=0.01):
        asked(tmp_path, lines=2)
    before = asked(tmp_path)
    time.sleep(0.1)
    assert asked(tmp_path) == before


@pytest.mark.parametrize(
    "change", [{"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "wrong"}, {"ACTIONS_ID_TOKEN_REQUEST_URL": "ftp://x/y"}]
)
def test_a_refusal_is_a_warning_without_the_token(
    workflow: dict[str, str], capsys: pytest.CaptureFixture[str], change: dict[str, str]
) -> None:
    with keep_signed_in({**workflow, **change}, seconds=0.01):
        time.sleep(0.2)
    assert "warning: the Azure CLI was not signed in again" in capsys.readouterr().err


def test_a_cli_that_fails_is_a_warning_without_the_token(
    tmp_path: Path, workflow: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken").touch()
    with keep_signed_in(workflow, seconds=0.01):
        asked(tmp_path, lines=2)
    warnings = capsys.readouterr().err
    assert "warning: " in warnings
    assert "an-identity-token" not in warnings


@pytest.mark.parametrize("missing", ["ACTIONS_ID_TOKEN_REQUEST_URL", "PIPELINE_CLIENT_ID"])
def test_without_a_workflow_that_signs_in_nothing_happens(
    tmp_path: Path, workflow: dict[str, str], missing: str
) -> None:
    with keep_signed_in({**workflow, missing: ""}, seconds=0.01):
        time.sleep(0.1)
    assert asked(tmp_path) == []
