"""Each value of each selector, as a whole program."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.manifests import dump_yaml
from dryrun.plan import Plan
from tests.cases import EVERY, SELECTORS
from tests.plans import at, children, every_plan, plan_of, planned, subjects, synced

every = pytest.mark.parametrize("name", EVERY)


def names_of(plan: Plan, type_: str) -> set[str]:
    return {resource.outputs["metadata"]["name"] for resource in plan.all(type_)}


@every
def test_program_runs_and_publishes_every_output(name: str) -> None:
    outputs = planned(name).outputs
    # Only a stack in what others have tells who must assign its roles, and how its secrets are named there.
    assert len(outputs.keys() - {"keyVaultSecretNames", "requiredGrants"}) == 28
    empty = {key for key, value in outputs.items() if value is None}
    without_gateway = set() if "access" in SELECTORS.get(name, {}) else {"airflowUrl", "gatewayAddress"}
    logs = SELECTORS.get(name, {}).get("monitoring", {"logAnalytics": False}).get("logAnalytics", True)
    without_workspace = set() if logs else {"logAnalyticsWorkspaceId"}
    assert empty - {"sharesStorageAccountName"} == without_gateway | without_workspace


@every
def test_output_names_the_account_of_the_shares(name: str) -> None:
    plan = planned(name)
    accounts = {share.inputs["accountName"] for share in plan.all("azure-native:storage:FileShare")}
    assert {plan.outputs["sharesStorageAccountName"]} == (accounts or {None})
    is_other = plan.outputs["sharesStorageAccountName"] not in (None, plan.outputs["logsStorageAccountName"])
    assert is_other is (name == "logs-premium")


@every
def test_every_federated_subject_is_a_service_account_that_exists(name: str) -> None:
    plan = planned(name)
    # A chart makes this one.
    of_charts = {release.inputs["name"] for release in plan.releases} & {"cert-manager"}
    assert subjects(plan) <= names_of(plan, "kubernetes:core/v1:ServiceAccount") | of_charts


@every
def test_every_secret_that_the_values_name_is_synced(name: str) -> None:
    plan = planned(name)
    made = synced(plan)
    values = plan.one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]
    for place, keys in NAMED_SECRETS.items():
        # The chart would make this one where nothing reads it, so that it has a name with every executor.
        unread = place == ("data", "brokerUrlSecretName") and "CeleryExecutor" not in values["executor"]
        secret = None if unread else _lookup(values, place)
        assert not secret or set(keys) <= made[secret].keys(), place
    for entry in values.get("secret", ()):
        assert entry["secretKey"] in made[entry["secretName"]]
    for reference in at(values, "secretKeyRef"):
        assert reference["key"] in made[reference["name"]]


@every
def test_every_secret_that_a_manifest_names_is_synced(name: str) -> None:
    plan = planned(name)
    made = synced(plan)
    named = [reference for manifest in plan.manifests for reference in at(manifest.inputs, "secretKeyRef")]
    assert named
    for reference in named:
        assert reference["key"] in made[reference["name"]]


@every
def test_every_synced_secret_stands_in_the_vault_or_is_the_users_own(name: str) -> None:
    plan = planned(name)
    asked = {vault_secret for keys in synced(plan).values() for vault_secret in keys.values()}
    changes = SELECTORS.get(name, {})
    own = set(changes.get("airflow.keyVaultSecrets", {}).values())
    # What only Airflow 3 or a sign-in by password wants stays in the vault, for the way there and back.
    kept = {"airflow-jwt-secret", "airflow-metadata-async-connection"} if "2.9" in name else set()
    kept |= {"airflow-admin-password"} if name.startswith("sign-in") else set()
    certificate = changes.get("access", {}).get("tls", {}).get("certificate")
    own |= {certificate} if certificate else set()
    assert asked == (set(plan.vault) - kept) | own


def values_of(plan: Plan) -> str:
    return dump_yaml(plan.one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"])


# Logs and DAGs have every delivery of secrets in test_deliveries.py.
@pytest.mark.parametrize("name", ["celery-and-kubernetes", "release-2.9", "pooler-none", "key-vault-secrets"])
def test_another_delivery_of_secrets_leaves_airflows_values_and_secrets_as_they_are(name: str) -> None:
    operator = plan_of("prod", SELECTORS[name])
    driver = plan_of("prod", {**SELECTORS[name], "secrets.delivery": "csi"})
    assert values_of(operator) == values_of(driver)
    assert synced(operator) == synced(driver)


# Where the chart takes a secret's name, and the keys that it then reads.
NAMED_SECRETS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("fernetKeySecretName",): ("fernet-key",),
    ("apiSecretKeySecretName",): ("api-secret-key",),
    ("jwtSecretName",): ("jwt-secret",),
    ("webserverSecretKeySecretName",): ("webserver-secret-key",),
    ("data", "metadataSecretName"): ("connection",),
    ("data", "brokerUrlSecretName"): ("connection",),
    ("data", "resultBackendSecretName"): ("connection",),
    ("pgbouncer", "configSecretName"): ("pgbouncer.ini", "users.txt"),
    ("pgbouncer", "metricsExporterSidecar", "statsSecretName"): ("connection",),
    ("dags", "gitSync", "sshKeySecret"): ("gitSshKey",),
    ("dags", "gitSync", "credentialsSecret"): (
        "GIT_SYNC_USERNAME",
        "GIT_SYNC_PASSWORD",
        "GITSYNC_USERNAME",
        "GITSYNC_PASSWORD",
    ),
}


def _lookup(values: Any, place: tuple[str, ...]) -> Any:
    for key in place:
        values = (values or {}).get(key)
    return values


def test_local_executor_has_no_worker_account() -> None:
    plan = planned("local-executor")
    assert "airflow-worker" not in names_of(plan, "kubernetes:core/v1:ServiceAccount") | subjects(plan)


def test_load_balancer_outbound_has_no_nat_gateway() -> None:
    plan = planned("outbound-load-balancer")
    assert not plan.all("azure-native:network:NatGateway")
    cluster = plan.one("azure-native:containerservice:ManagedCluster")
    assert cluster.inputs["networkProfile"]["outboundType"] == "loadBalancer"


def test_nat_gateway_is_on_the_node_subnet_before_the_cluster_is_made() -> None:
    plan = planned("outbound-nat-gateway")
    subnet = plan.one("azure-native:network:Subnet", "network-nodes")
    assert "natGateways" in subnet.inputs["natGateway"]["id"]
    assert subnet.urn in plan.one("azure-native:containerservice:ManagedCluster").dependencies


def test_authorized_ranges_let_the_nodes_in_too() -> None:
    plan = plan_of("prod", {"cluster.authorizedIpRanges": ["203.0.113.0/24"]})
    access = plan.one("azure-native:containerservice:ManagedCluster").inputs["apiServerAccessProfile"]
    address = plan.one("azure-native:network:PublicIPAddress").outputs["ipAddress"]
    assert access["authorizedIPRanges"] == ["203.0.113.0/24", f"{address}/32"]


def test_private_api_server_has_no_public_name() -> None:
    cluster = planned("private-api-server").one("azure-native:containerservice:ManagedCluster")
    access = cluster.inputs["apiServerAccessProfile"]
    assert access["enablePrivateCluster"]
    assert not access["enablePrivateClusterPublicFQDN"]


def test_without_local_accounts_the_admin_groups_are_named() -> None:
    cluster = planned("without-local-accounts").one("azure-native:containerservice:ManagedCluster")
    assert cluster.inputs["disableLocalAccounts"]
    assert cluster.inputs["aadProfile"]["adminGroupObjectIDs"] == ["00000000-0000-0000-0000-000000000001"]


def test_private_registry_and_vault_have_endpoints() -> None:
    plan = planned("private-registry-and-vault")
    groups = {
        endpoint.inputs["privateLinkServiceConnections"][0]["groupIds"][0]
        for endpoint in plan.all("azure-native:network:PrivateEndpoint")
    }
    assert groups == {"registry", "vault"}


def test_public_registry_and_vault_have_none() -> None:
    assert not plan_of("dev").all("azure-native:network:PrivateEndpoint")


def test_customized_image_is_run_and_not_imported() -> None:
    plan = planned("customized-image")
    assert "images-airflow" not in {resource.name for resource in plan.resources}
    job = plan.one("kubernetes:batch/v1:Job", "airflow-database-migration")
    image = job.inputs["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == f"{plan.outputs['registryLoginServer']}/team/airflow:1.0.0"


def test_git_credentials_are_kept_only_for_the_sign_in_that_needs_them() -> None:
    kept = {name: {key.rpartition("-")[0] for key in plan.vault if "-git-" in key} for name, plan in every_plan()}
    assert kept["dags-git-ssh"] == {"airflow-git-ssh-key"}
    assert kept["dags-git-token"] == {"airflow-git-username", "airflow-git-token"}
    assert kept["dags-git-without-sign-in"] == set()


def test_secrets_that_come_and_go_have_names_of_their_own_each_time() -> None:
    names = [resource.name for resource in children(planned("dags-git-token"), "airflow-secrets")]
    assert "airflow-secrets-git-token-name" in names


def test_ssh_key_ends_in_a_newline_whatever_the_shell_stripped() -> None:
    plan = planned("dags-git-ssh")
    (key,) = [value for name, value in plan.vault.items() if name.startswith("airflow-git-ssh-key")]
    assert key.endswith("\n")
    assert not key.endswith("\n\n")
