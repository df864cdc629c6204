"""Airflow's own Kubernetes provider, kubelogin in the form of a script, and an API server on loopback."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.airflow_environment.environment import run
from tests.plans import plan_of, synced
from tests.remote_cluster_cases import THREE

from .api_server import ApiServer, serving

LINE = "3.3"
INSIDE = Path(__file__).parent / "inside"
# What the webhook of AKS sets in the pod: Airflow's own identity.
WEBHOOK = {
    "AZURE_CLIENT_ID": "airflows-own-identity",
    "AZURE_TENANT_ID": "a-tenant",
    "AZURE_FEDERATED_TOKEN_FILE": "/var/run/secrets/azure/tokens/azure-identity-token",
    "AZURE_AUTHORITY_HOST": "https://login.microsoftonline.com/",
}


@pytest.fixture(scope="session")
def connections() -> dict[str, str]:
    """The connections of a plan with three clusters, by environment variable."""
    plan = plan_of("prod", THREE)
    keys = synced(plan)["airflow-remote-clusters"]
    return {variable: plan.vault[name] for variable, name in keys.items()}


@pytest.fixture(scope="session")
def api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with serving(tmp_path_factory.mktemp("api-server")) as server:
        yield server


@pytest.fixture
def local_connection(connections: dict[str, str], api_server: ApiServer) -> dict[str, str]:
    """The connection `gpu` with the API server on loopback in the place of the real one."""
    connection = json.loads(connections["AIRFLOW_CONN_GPU"])
    cluster = connection["extra"]["kube_config"]["clusters"][0]["cluster"]
    cluster["server"] = api_server.url
    cluster["certificate-authority-data"] = base64.b64encode(api_server.authority).decode()
    return {"AIRFLOW_CONN_GPU": json.dumps(connection)}


@pytest.fixture
def kubelogin(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Puts a kubelogin on the path that writes its arguments to a file, and returns the variables for it."""

    def make(token: str = "", error: str = "") -> dict[str, str]:
        status = {"token": token}
        credential = {"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential", "status": status}
        answer = f"echo '{error}' >&2; exit 1" if error else f"echo '{json.dumps(credential)}'"
        folder = tmp_path / "bin"
        folder.mkdir()
        script = folder / "kubelogin"
        script.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/arguments\n{answer}\n', encoding="utf-8")
        script.chmod(0o755)
        return {"PATH": f"{folder}:/usr/bin:/bin"}

    return make


@pytest.fixture
def airflow(tmp_path: Path) -> Callable[..., Any]:
    """Runs a script of `inside` with Airflow's Python, in a pod's environment; what it answered on its last line."""

    def call(script: str, *arguments: str, **variables: str) -> Any:
        home = {"AIRFLOW_HOME": str(tmp_path / "home"), "HOME": str(tmp_path), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
        done = run(LINE, str(INSIDE / f"{script}.py"), *arguments, environment={**home, **WEBHOOK, **variables})
        return json.loads(done.stdout.splitlines()[-1])

    return call
