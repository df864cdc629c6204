"""Every way for logs with every way for DAGs and for secrets, over the whole plan."""

from __future__ import annotations

import itertools

import pytest

from dryrun.manifests import dump_yaml
from tests.deliveries import DAGS, LOGS, SECRETS, claims_mounted, planned, secret_keys, secret_names, values_of
from tests.plans import plan_of, subjects

pytestmark = pytest.mark.usefixtures("untraced")

every = pytest.mark.parametrize(("logs", "dags", "secrets"), [*itertools.product(LOGS, DAGS, SECRETS)])


@every
def test_every_claim_that_a_pod_mounts_exists(logs: str, dags: str, secrets: str) -> None:
    plan = planned(logs, dags, secrets)
    claims = plan.all("kubernetes:core/v1:PersistentVolumeClaim")
    assert {claim.inputs["metadata"]["name"] for claim in claims} == claims_mounted(plan)
    assert len(claims) == (logs != "blob") + (dags == "azureFiles")
    assert {claim.inputs["metadata"]["namespace"] for claim in claims} <= {"airflow"}


@every
def test_every_claim_fits_the_volume_that_it_names(logs: str, dags: str, secrets: str) -> None:
    plan = planned(logs, dags, secrets)
    volumes = {v.inputs["metadata"]["name"]: v.inputs["spec"] for v in plan.all("kubernetes:core/v1:PersistentVolume")}
    classes = {c.inputs["metadata"]["name"]: c.inputs for c in plan.all("kubernetes:storage.k8s.io/v1:StorageClass")}
    for claim in plan.all("kubernetes:core/v1:PersistentVolumeClaim"):
        spec = claim.inputs["spec"]
        volume = volumes[spec["volumeName"]]
        assert spec["accessModes"] == volume["accessModes"] == ["ReadWriteMany"]
        assert spec["resources"]["requests"]["storage"] == volume["capacity"]["storage"]
        assert spec["storageClassName"] == volume["storageClassName"]
        assert classes[spec["storageClassName"]]["provisioner"] == volume["csi"]["driver"]


@pytest.mark.parametrize(("logs", "dags"), [*itertools.product(LOGS, DAGS)])
def test_another_delivery_of_secrets_leaves_the_values_byte_for_byte(logs: str, dags: str) -> None:
    operator, driver = (dump_yaml(values_of(planned(logs, dags, secrets))) for secrets in SECRETS)
    assert operator == driver


@every
def test_every_secret_that_is_named_is_made(logs: str, dags: str, secrets: str) -> None:
    plan = planned(logs, dags, secrets)
    named = {
        name for tree in (values_of(plan), *(m.inputs for m in plan.manifests)) for name in secret_names(tree) if name
    }
    assert named
    assert named <= {name for name, _ in secret_keys(plan)}


@every
def test_every_secret_key_of_the_values_is_made(logs: str, dags: str, secrets: str) -> None:
    plan = planned(logs, dags, secrets)
    for entry in values_of(plan)["secret"]:
        assert (entry["secretName"], entry["secretKey"]) in secret_keys(plan)


@every
def test_every_federated_subject_is_an_account_that_exists(logs: str, dags: str, secrets: str) -> None:
    plan = planned(logs, dags, secrets)
    accounts = {account.inputs["metadata"]["name"] for account in plan.all("kubernetes:core/v1:ServiceAccount")}
    assert subjects(plan)
    assert subjects(plan) <= accounts


@every
def test_every_volume_and_class_keeps_its_data(logs: str, dags: str, secrets: str) -> None:
    plan = planned(logs, dags, secrets)
    for volume in plan.all("kubernetes:core/v1:PersistentVolume"):
        assert volume.inputs["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    for storage_class in plan.all("kubernetes:storage.k8s.io/v1:StorageClass"):
        assert storage_class.inputs["reclaimPolicy"] == "Retain"


@every
def test_keys_of_an_account_work_only_where_a_share_is_mounted(logs: str, dags: str, secrets: str) -> None:
    plan = planned(logs, dags, secrets)
    shared = "azureFiles" in (logs, dags)
    assert plan.one("azure-native:storage:StorageAccount").inputs["allowSharedKeyAccess"] is shared
    assert bool([name for name in plan.vault if "STORAGE" in name]) is shared


@every
def test_volumes_name_an_account_container_or_share_that_exists(logs: str, dags: str, secrets: str) -> None:
    plan = planned(logs, dags, secrets)
    accounts = {item.outputs["name"] for item in plan.all("azure-native:storage:StorageAccount")}
    shares = {item.inputs["shareName"] for item in plan.all("azure-native:storage:FileShare")}
    containers = {item.inputs["containerName"] for item in plan.all("azure-native:storage:BlobContainer")}
    groups = {item.outputs["name"] for item in plan.all("azure-native:resources:ResourceGroup")}
    for volume in plan.all("kubernetes:core/v1:PersistentVolume"):
        attributes = volume.inputs["spec"]["csi"]["volumeAttributes"]
        assert attributes["storageAccount"] in accounts
        assert attributes["resourceGroup"] in groups
        assert attributes.get("shareName") in {None, *shares}
        assert attributes.get("containerName") in {None, *containers}


@pytest.mark.parametrize("release", ["3.3", "2.9"])
def test_every_pod_that_mounts_with_its_own_token_may_sign_in(release: str) -> None:
    """Blobfuse asks for a token of the pod's account; without a credential for it the mount never ends."""
    plan = plan_of("dev", {"airflow.release": release, "logs.delivery": "blobfuse"})
    accounts = {account.inputs["metadata"]["name"] for account in plan.all("kubernetes:core/v1:ServiceAccount")}
    others = {"airflow-migration", "airflow-secret-sync"}
    assert accounts - others <= subjects(plan)
