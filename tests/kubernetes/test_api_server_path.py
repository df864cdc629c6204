"""The check for a way to a private API server, on sockets of this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pulumi
import pytest
import yaml

from components.kubernetes import api_server_path
from components.kubernetes.api_server_path import check_path


def kubeconfig(server: str) -> str:
    return yaml.safe_dump({"clusters": [{"name": "c", "cluster": {"server": server}}], "users": [{"token": "a-token"}]})


@pytest.fixture(autouse=True)
def without_proxy_and_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(api_server_path, "_ATTEMPTS", 1)


@pytest.fixture
def listening() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"https://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def closed() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"https://127.0.0.1:{server.getsockname()[1]}"


def test_a_kubeconfig_whose_api_server_answers_is_returned(listening: str) -> None:
    assert check_path(kubeconfig(listening)) == kubeconfig(listening)


def test_an_api_server_out_of_reach_is_named_with_its_settings_and_the_page(closed: str) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        check_path(kubeconfig(closed))
    message = str(refused.value)
    assert f"{closed.removeprefix('https://')} is not reachable from this machine" in message
    assert "airflow-aks:cluster.privateApiServer" in message
    assert "airflow-aks:network.private" in message
    assert "docs/private-network.md" in message
    assert "a-token" not in message


def test_a_name_that_does_not_resolve_is_said_to_not_resolve(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object, **__: object) -> None:
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    server = "https://dev-0a1b.privatelink.canadacentral.azmk8s.io:443"
    with pytest.raises(pulumi.RunError, match=r"azmk8s\.io:443 does not resolve on this machine"):
        check_path(kubeconfig(server))


def test_a_server_that_comes_up_meanwhile_is_reached(closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(closed.rpartition(":")[2])
    servers: list[socket.socket] = []

    def wait(seconds: float) -> None:
        if seconds:
            servers.append(socket.create_server(("127.0.0.1", port)))

    monkeypatch.setattr(api_server_path, "_ATTEMPTS", 2)
    monkeypatch.setattr(api_server_path.time, "sleep", wait)
    assert check_path(kubeconfig(closed)) == kubeconfig(closed)
    servers[0].close()


def test_a_proxy_of_the_provider_opens_the_connection_instead(closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    assert check_path(kubeconfig(closed)) == kubeconfig(closed)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(pulumi.RunError):
        check_path(kubeconfig(closed))


def test_a_dry_run_connects_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object, **__: object) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "create_connection", connect)
    assert check_path(kubeconfig("https://aks-airflow-dev.dry-run.invalid:443"))
