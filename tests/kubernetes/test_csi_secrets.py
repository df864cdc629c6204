"""Secrets through the Key Vault add-on of AKS."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.kubernetes import csi_keeper
from components.kubernetes.labels_and_annotations import DRIVER_LABEL
from dryrun.plan import Plan
from tests.plans import plan_of, subjects

CSI = {"secrets.delivery": "csi"}
SECRETS = {"airflow-pgbouncer-config": {"pgbouncer.ini": "ini-1", "users.txt": "users-1"}, "airflow-admin": {"p": "a"}}
VAULT = "https://kv-airflow-dev.vault.azure.net/"
PROVIDER_CLASS = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass"
CLUSTER = "azure-native:containerservice:ManagedCluster"


@pytest.fixture(params=["dev", "prod"])
def plan(request: pytest.FixtureRequest) -> Plan:
    return plan_of(request.param, CSI)


def keeper(secrets: Any = SECRETS, versions: Any = None, poll_minutes: int = 2) -> dict[str, Any]:
    return csi_keeper.keeper_spec(
        secrets,
        versions or {"airflow-admin": "v1"},
        image="r/airflow:1",
        service_account="a",
        node_selector={"purpose": "airflow"},
        poll_minutes=poll_minutes,
    )


def pod(spec: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = spec["template"]["spec"]
    return found


def parameters(secrets: Any = SECRETS) -> dict[str, Any]:
    found: dict[str, Any] = csi_keeper.provider_class_spec(secrets, "client", "tenant", VAULT)["parameters"]
    return found


def test_add_on_is_on_and_rotates(plan: Plan) -> None:
    add_on = plan.one(CLUSTER).inputs["addonProfiles"]["azureKeyvaultSecretsProvider"]
    assert add_on == {"enabled": True, "config": {"enableSecretRotation": "true", "rotationPollInterval": "2m"}}


def test_add_on_polls_as_often_as_the_stack_file_says() -> None:
    cluster = plan_of("dev", {"secrets": {"delivery": "csi", "refreshMinutes": 5}}).one(CLUSTER)
    assert cluster.inputs["addonProfiles"]["azureKeyvaultSecretsProvider"]["config"]["rotationPollInterval"] == "5m"


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_another_delivery_neither_enables_nor_disables_the_add_on(stack: str) -> None:
    # AKS keeps an add-on that a request omits; without its driver, pods with the volume could not terminate.
    assert "addonProfiles" not in plan_of(stack).one(CLUSTER).inputs


def test_no_operator_is_installed(plan: Plan) -> None:
    assert [release.name for release in plan.releases] == ["airflow-release"]
    assert not [resource for resource in plan.resources if "external-secrets" in resource.name]


def test_class_reads_the_vault_by_workload_identity(plan: Plan) -> None:
    given = plan.one(PROVIDER_CLASS).inputs["spec"]["parameters"]
    identity = plan.one("azure-native:managedidentity:UserAssignedIdentity", "secret-sync-identity-identity")
    assert given["clientID"] == identity.outputs["clientId"]
    assert given["keyvaultName"] == plan.outputs["keyVaultName"]


def test_the_keepers_account_and_no_other_may_read_the_vault(plan: Plan) -> None:
    spec = plan.one("kubernetes:apps/v1:Deployment").inputs["spec"]
    assert pod(spec)["serviceAccountName"] == "airflow-secret-keeper"
    assert "airflow-secret-keeper" in subjects(plan)
    assert "airflow-secret-sync" not in subjects(plan)


def test_each_delivery_has_an_account_of_its_own() -> None:
    """During a switch both deliveries exist, and two accounts cannot have one name."""
    assert not {account.outputs["metadata"]["name"] for account in _accounts(plan_of("dev", CSI))} & {
        account.outputs["metadata"]["name"]
        for account in _accounts(plan_of("dev"))
        if account.name.startswith("secret-sync")
    }


def _accounts(plan: Plan) -> list[Any]:
    return plan.all("kubernetes:core/v1:ServiceAccount")


def test_every_parameter_of_the_class_is_a_string() -> None:
    assert {type(value) for value in parameters().values()} == {str}


def test_tenant_is_named_as_the_provider_wants_it() -> None:
    assert parameters()["tenantID"] == "tenant"
    assert "tenantId" not in parameters()


def test_objects_are_yaml_strings_inside_a_yaml_string() -> None:
    objects = yaml.safe_load(parameters()["objects"])["array"]
    assert [yaml.safe_load(entry)["objectName"] for entry in objects] == ["a", "ini-1", "users-1"]


def test_no_version_is_named_so_that_the_driver_reads_the_newest() -> None:
    for entry in yaml.safe_load(parameters()["objects"])["array"]:
        assert yaml.safe_load(entry).keys() == {"objectName", "objectType"}


def test_a_vault_secret_that_two_keys_take_is_read_once() -> None:
    objects = yaml.safe_load(parameters({"s": {"a": "x", "b": "x"}})["objects"])["array"]
    assert len(objects) == 1


def test_every_synced_secret_has_a_type_because_the_driver_skips_others() -> None:
    spec = csi_keeper.provider_class_spec(SECRETS, "client", "tenant", VAULT)
    assert {entry["type"] for entry in spec["secretObjects"]} == {"Opaque"}


def test_vaults_name_comes_from_its_address() -> None:
    assert csi_keeper.vault_name(VAULT) == "kv-airflow-dev"


def test_secrets_exist_because_the_keeper_mounts_them() -> None:
    vault, copies = pod(keeper())["volumes"]
    assert vault["csi"]["volumeAttributes"] == {"secretProviderClass": csi_keeper.PROVIDER_CLASS}
    assert vault["csi"]["readOnly"] is True
    assert [source["secret"]["name"] for source in copies["projected"]["sources"]] == sorted(SECRETS)


def test_keeper_starts_only_when_every_secret_is_there() -> None:
    assert not [
        source for source in pod(keeper())["volumes"][1]["projected"]["sources"] if "optional" in source["secret"]
    ]


@pytest.mark.parametrize(("copy", "ready"), [("a\nb\n", True), ("a\nb", False), ("old", False), (None, False)])
def test_keeper_is_ready_when_the_secret_is_what_the_vault_holds_to_the_last_newline(
    copy: str | None, ready: bool, tmp_path: Path
) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "secrets" / "airflow-admin").mkdir(parents=True)
    (tmp_path / "vault" / "a").write_text("a\nb\n", encoding="utf-8")
    if copy is not None:
        (tmp_path / "secrets" / "airflow-admin" / "p").write_text(copy, encoding="utf-8")
    container = pod(keeper({"airflow-admin": {"p": "a"}}))["containers"][0]
    shell, flag, script, *rest = container["readinessProbe"]["exec"]["command"]
    script = script.replace("/vault", f"{tmp_path}/vault").replace("/secrets", f"{tmp_path}/secrets")
    run = subprocess.run([shell, flag, script, *rest], capture_output=True, text=True, check=False)
    assert (run.returncode == 0) is ready
    assert run.stdout == ("" if ready else "Secret airflow-admin/p is not yet what the vault holds as a\n")


def test_rollout_takes_longer_than_the_next_poll_of_the_vault() -> None:
    """The driver updates an existing Secret only at its next poll, also when a new keeper mounts it."""
    assert keeper(poll_minutes=60)["progressDeadlineSeconds"] > 60 * 60


def test_new_keepers_own_the_secrets_before_the_old_ones_are_deleted() -> None:
    spec = keeper()
    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    # The driver adds owners every 5 seconds.
    assert spec["minReadySeconds"] > 5
    assert spec["revisionHistoryLimit"] > 0


def test_another_secret_or_version_changes_the_pod_template() -> None:
    before = keeper()["template"]
    assert keeper()["template"] == before
    assert keeper(versions={"airflow-admin": "v2"})["template"] != before
    assert keeper({**SECRETS, "airflow-user-secrets": {"X": "x"}})["template"] != before


def test_keeper_meets_pod_security_restricted() -> None:
    spec = pod(keeper())
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    context = spec["containers"][0]["securityContext"]
    assert context == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {key for volume in spec["volumes"] for key in volume} == {"name", "csi", "projected"}


def test_keeper_has_neither_a_kubernetes_token_nor_the_workload_identity_label() -> None:
    template = keeper()["template"]
    assert template["spec"]["automountServiceAccountToken"] is False
    assert template["metadata"]["labels"] == {"component": "secret-keeper"}


def test_keeper_needs_no_network_because_the_driver_reads_from_the_node(plan: Plan) -> None:
    for policy in plan.all("kubernetes:networking.k8s.io/v1:NetworkPolicy"):
        assert "secret-keeper" not in str(policy.inputs["spec"])


def test_keeper_has_requests_and_limits() -> None:
    resources = pod(keeper())["containers"][0]["resources"]
    assert resources["requests"].keys() == resources["limits"].keys() == {"cpu", "memory", "ephemeral-storage"}


def test_one_keeper_stays_when_a_node_is_drained(plan: Plan) -> None:
    budget = plan.one("kubernetes:policy/v1:PodDisruptionBudget").inputs["spec"]
    spec = plan.one("kubernetes:apps/v1:Deployment").inputs["spec"]
    assert spec["replicas"] > budget["maxUnavailable"]
    assert budget["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()
    assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_driver_can_take_over_the_secrets_of_the_operator(stack: str) -> None:
    """The driver ignores a Secret without its label, and the Secret would be deleted with its ExternalSecret."""
    for secret in plan_of(stack).all("kubernetes:external-secrets.io/v1:ExternalSecret"):
        assert secret.inputs["metadata"]["labels"] == DRIVER_LABEL
        # A template would stop the operator from copying labels to the Secret.
        assert "template" not in secret.inputs["spec"]["target"]
