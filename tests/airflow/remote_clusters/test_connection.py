"""The connection to another cluster, as plain values. tests/airflow_environment reads it with Airflow itself."""

from __future__ import annotations

import json

from components.airflow.remote_clusters.connection import Target, connection, kubeconfig
from components.airflow.remote_clusters.grants import grant_text

TARGET = Target(
    connection_id="gpu",
    namespace="jobs",
    server="https://gpu.example.com:443",
    certificate_authority="Q0E=",
    tenant_id="a-tenant",
    client_id="a-client",
)


def argument(name: str) -> str:
    arguments = kubeconfig(TARGET)["users"][0]["user"]["exec"]["args"]
    return str(arguments[arguments.index(name) + 1])


def test_plugin_signs_in_with_the_pods_own_token() -> None:
    assert argument("--login") == "workloadidentity"
    assert argument("--federated-token-file") == "/var/run/secrets/azure/tokens/azure-identity-token"
    assert argument("--server-id") == "6dae42f8-4368-4678-94ff-3960e28e3630"
    assert argument("--environment") == "AzurePublicCloud"
    assert (argument("--tenant-id"), argument("--client-id")) == ("a-tenant", "a-client")


def test_airflows_identity_in_the_pods_variables_does_not_win() -> None:
    assert "--disable-environment-override" in kubeconfig(TARGET)["users"][0]["user"]["exec"]["args"]


def test_plugin_never_asks_a_person() -> None:
    assert kubeconfig(TARGET)["users"][0]["user"]["exec"]["interactiveMode"] == "Never"


def test_kubeconfig_holds_no_credential() -> None:
    assert list(kubeconfig(TARGET)["users"][0]["user"]) == ["exec"]


def test_connection_never_falls_back_to_the_local_cluster() -> None:
    extra = json.loads(connection(TARGET, "registry.example.com/alpine:1"))["extra"]
    assert extra["in_cluster"] is False
    assert extra["kube_config"] == kubeconfig(TARGET)
    assert "kube_config_path" not in extra


def test_sidecar_is_pulled_from_the_stacks_registry_and_runs_restricted() -> None:
    extra = json.loads(connection(TARGET, "registry.example.com/alpine:1"))["extra"]
    assert extra["xcom_sidecar_container_image"] == "registry.example.com/alpine:1"
    context = json.loads(extra["xcom_sidecar_container_security_context"])
    assert (context["runAsNonRoot"], context["allowPrivilegeEscalation"]) == (True, False)
    assert (context["capabilities"], context["seccompProfile"]) == ({"drop": ["ALL"]}, {"type": "RuntimeDefault"})


def test_grant_by_azure_rbac_is_one_command_on_the_namespace() -> None:
    text = grant_text("/subscriptions/s/x", "jobs", "id-remote", "an-object-id", azure_rbac=True)
    assert text == (
        "az role assignment create --assignee-object-id an-object-id --assignee-principal-type ServicePrincipal "
        "--role a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb --scope /subscriptions/s/x/namespaces/jobs"
    )
