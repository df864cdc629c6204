"""What each way for logs and for DAGs makes, in the points that matter."""

from __future__ import annotations

import pytest

from dryrun.picture.architecture import describe_architecture
from tests.deliveries import DAGS, LOGS, planned, secret_keys, values_of, volume_of
from tests.plans import plan_of, subjects


@pytest.mark.parametrize("dags", DAGS)
def test_logs_on_a_volume_are_not_uploaded_too(dags: str) -> None:
    for logs in ("blobfuse", "azureFiles"):
        values = values_of(planned(logs, dags))
        assert values["config"]["logging"]["remote_logging"] == "False"
        assert "remote_log_conn_id" not in values["config"]["logging"]
        assert "AIRFLOW_CONN_WASB_LOGS" not in {variable["name"] for variable in values["env"]}


def test_blobfuse_mounts_with_the_identity_and_never_with_a_key() -> None:
    plan = planned("blobfuse", "gitSync")
    csi = volume_of(plan, "blobfuse").inputs["spec"]["csi"]
    # A text: the driver refuses a boolean. Without it the identity would be used to fetch the account's key.
    assert csi["volumeAttributes"]["mountWithWorkloadIdentityToken"] == "true"
    assert csi["volumeAttributes"]["clientID"] == plan.outputs["airflowIdentityClientId"]
    assert "nodeStageSecretRef" not in csi
    assert "#" not in csi["volumeHandle"]


def test_blobfuse_ignores_the_pods_group_so_that_the_mount_names_airflows_user() -> None:
    options = volume_of(planned("blobfuse", "gitSync"), "blobfuse").inputs["spec"]["mountOptions"]
    assert {"-o allow_other", "-o uid=50000", "-o gid=0"} <= set(options)


def test_every_account_that_mounts_blobfuse_is_trusted_by_the_identity() -> None:
    plan = planned("blobfuse", "gitSync")
    mounting = {"airflow-api-server", "airflow-dag-processor", "airflow-scheduler", "airflow-triggerer"}
    assert mounting | {"airflow-worker"} <= subjects(plan)


def test_old_blobs_of_a_mounted_container_are_deleted_by_azure_and_not_by_three_sidecars() -> None:
    plan = planned("blobfuse", "gitSync")
    assert plan.all("azure-native:storage:ManagementPolicy")
    for component in ("dagProcessor", "scheduler", "triggerer"):
        assert values_of(plan)[component]["logGroomerSidecar"]["enabled"] is False


def test_old_logs_on_a_share_are_deleted_after_the_days_of_the_setting() -> None:
    values = values_of(planned("azureFiles", "gitSync"))
    for component in ("dagProcessor", "scheduler", "triggerer"):
        assert values[component]["logGroomerSidecar"]["retentionDays"] == 14


def test_smb_is_mounted_with_the_key_from_the_synced_secret() -> None:
    plan = planned("azureFiles", "gitSync")
    csi = volume_of(plan, "logs").inputs["spec"]["csi"]
    assert csi["nodeStageSecretRef"] == {"name": "storage-account-credentials", "namespace": "airflow"}
    assert {key for name, key in secret_keys(plan) if name == "storage-account-credentials"} == {
        "azurestorageaccountname",
        "azurestorageaccountkey",
    }
    prefix = "AKS-AIRFLOW-LOGS-STORAGE-ACCOUNT-"
    assert {name.removeprefix(prefix)[:-9] for name in plan.vault if name.startswith(prefix)} == {"NAME", "KEY"}


def test_chart_mounts_dags_for_writing_so_that_the_share_itself_is_read_only() -> None:
    plan = planned("azureFiles", "azureFiles")
    assert "ro" in volume_of(plan, "dags").inputs["spec"]["mountOptions"]
    assert "ro" not in volume_of(plan, "logs").inputs["spec"]["mountOptions"]


@pytest.mark.parametrize("logs", LOGS)
def test_api_server_has_one_log_volume(logs: str) -> None:
    own = values_of(planned(logs, "gitSync"))["apiServer"]["extraVolumes"]
    assert len(own) == (logs == "blob")


@pytest.mark.parametrize("dags", DAGS)
def test_git_sync_runs_and_is_imported_only_where_it_is_chosen(dags: str) -> None:
    plan = planned("blob", dags)
    values = values_of(plan)
    assert values["dags"]["gitSync"]["enabled"] is (dags == "gitSync")
    assert ("gitSync" in values["images"]) is (dags == "gitSync")
    assert ("images-git-sync" in {resource.name for resource in plan.resources}) is (dags == "gitSync")


def test_dags_of_the_image_come_from_its_own_folder() -> None:
    values = values_of(planned("blob", "image"))
    assert values["dags"]["persistence"] == {"enabled": False}
    assert "dagBundleConfigList" not in values["dagProcessor"]


def test_connect_command_says_how_dags_get_to_the_share_without_copying_any() -> None:
    plan = planned("blob", "azureFiles")
    hint, command = plan.outputs["connectCommand"].split("\n")
    share = plan.one("azure-native:storage:FileShare").inputs["shareName"]
    assert hint.startswith("# ")
    assert f"az storage file upload-batch --account-name {plan.outputs['logsStorageAccountName']}" in hint
    assert f"--destination {share} " in hint
    assert command == planned("blob", "gitSync").outputs["connectCommand"]


def test_quota_of_a_share_is_the_size_in_the_stack_file() -> None:
    plan = plan_of("dev", {"logs": {"delivery": "azureFiles", "sizeGb": 50}, "dags": {"delivery": "azureFiles"}})
    shares = {share.name: share.inputs["shareQuota"] for share in plan.all("azure-native:storage:FileShare")}
    assert shares == {"log-storage-logs-share": 50, "log-storage-dags-share": 10}


def test_dropped_share_stays_with_its_data() -> None:
    for share in planned("azureFiles", "azureFiles").all("azure-native:storage:FileShare"):
        assert share.retain_on_delete


def test_premium_shares_stand_in_an_account_of_their_own_and_the_blobs_stay_keyless() -> None:
    plan = plan_of("prod", {"logs": {"delivery": "azureFiles", "redundancy": "Premium_ZRS"}})
    blobs = plan.one("azure-native:storage:StorageAccount", "log-storage-account").inputs
    files = plan.one("azure-native:storage:StorageAccount", "log-storage-file-account").inputs
    assert (blobs["kind"], blobs["sku"]["name"], blobs["allowSharedKeyAccess"]) == ("StorageV2", "Standard_ZRS", False)
    assert (files["kind"], files["sku"]["name"], files["allowSharedKeyAccess"]) == ("FileStorage", "Premium_ZRS", True)
    assert "accessTier" not in files
    assert plan.one("azure-native:storage:FileShare").inputs["accountName"] == files["accountName"]


def test_prod_shares_and_their_account_are_protected() -> None:
    plan = plan_of("prod", {"logs": {"delivery": "azureFiles", "redundancy": "Premium_ZRS"}})
    assert plan.one("azure-native:storage:FileShare").protect
    assert plan.one("azure-native:storage:StorageAccount", "log-storage-file-account").protect


def test_airflow_has_no_role_on_the_container_that_it_does_not_use() -> None:
    roles = {role.name for role in planned("azureFiles", "gitSync").all("azure-native:authorization:RoleAssignment")}
    assert "airflow-identity-writes-logs" not in roles


def test_airflow_waits_for_the_claims() -> None:
    plan = planned("azureFiles", "azureFiles")
    release = plan.one("kubernetes:helm.sh/v3:Release", "airflow-release")
    claims = {claim.urn for claim in plan.all("kubernetes:core/v1:PersistentVolumeClaim")}
    assert claims <= set(release.dependencies)


@pytest.mark.parametrize(("logs", "drawn"), [("blob", False), ("azureFiles", True)])
def test_picture_shows_volumes_only_where_there_are_some(logs: str, drawn: bool) -> None:
    boxes = describe_architecture(planned(logs, "gitSync")).boxes
    assert ("other:airflow-storage" in boxes) is drawn
    assert ("1 file share" in boxes["logs"].lines) is drawn


def test_picture_shows_git_for_a_bundle_and_none_for_a_share() -> None:
    assert describe_architecture(planned("blob", "gitBundle")).boxes["git"].lines == (
        "cloned by Airflow",
        "branch 3.3.2",
    )
    assert "git" not in describe_architecture(planned("blob", "azureFiles")).boxes
