"""Volumes as Kubernetes describes them."""

from __future__ import annotations

from typing import Any

import pytest

from components.airflow.executors import executor_parts
from components.airflow.values.logs import log_values
from components.airflow.volumes import Volume, azure_files_volume, blobfuse_volume, claim_spec, volume_spec
from components.settings.airflow_sections import AirflowSettings
from components.settings.azure_sections import LogsSettings


def blobfuse(**changes: Any) -> Volume:
    plain = {"gib": 100, "resource_group": "rg", "account": "stlogs", "container": "airflow-logs", "client_id": "id"}
    return blobfuse_volume(**{**plain, **changes})


def share(**changes: Any) -> Volume:
    plain = {"use": "logs", "gib": 100, "resource_group": "rg", "account": "stlogs", "share": "airflow-logs-1"}
    return azure_files_volume(**{**plain, **changes})


VOLUMES = [blobfuse(), share(), share(use="dags")]


@pytest.mark.parametrize("change", [{"gib": 50}, {"account": "stother"}, {"client_id": "other"}])
def test_volume_that_cannot_change_gets_another_name(change: dict[str, Any]) -> None:
    assert blobfuse(**change).name != blobfuse().name


def test_equal_volumes_have_equal_names() -> None:
    assert blobfuse().name == blobfuse().name


@pytest.mark.parametrize("volume", VOLUMES, ids=lambda volume: volume.class_name)
def test_names_fit_kubernetes(volume: Volume) -> None:
    assert volume.name.startswith(f"{volume.class_name}-")
    assert volume.name == volume.name.lower()
    assert len(volume.name) <= 63


def test_uses_and_ways_have_classes_of_their_own() -> None:
    assert len({volume.class_name for volume in VOLUMES}) == len(VOLUMES)


@pytest.mark.parametrize("volume", VOLUMES, ids=lambda volume: volume.class_name)
def test_claim_is_pinned_to_its_volume(volume: Volume) -> None:
    claim, spec = claim_spec(volume), volume_spec(volume)
    assert claim["volumeName"] == volume.name
    assert claim["resources"]["requests"]["storage"] == spec["capacity"]["storage"] == "100Gi"
    # An empty class would mean the cluster's default one.
    assert claim["storageClassName"] == spec["storageClassName"] != ""


@pytest.mark.parametrize("volume", VOLUMES, ids=lambda volume: volume.class_name)
def test_every_attribute_is_a_text_as_the_driver_wants_it(volume: Volume) -> None:
    attributes = volume_spec(volume)["csi"]["volumeAttributes"]
    assert all(isinstance(value, str) for value in attributes.values())


@pytest.mark.parametrize("volume", VOLUMES, ids=lambda volume: volume.class_name)
def test_handle_has_no_characters_that_the_drivers_keep(volume: Volume) -> None:
    assert not {"#", "/"} & set(volume_spec(volume)["csi"]["volumeHandle"])


def test_nobody_but_airflows_user_and_group_gets_at_a_share() -> None:
    assert {"uid=50000", "gid=0", "dir_mode=0770", "file_mode=0660"} <= set(share().mount_options)


def test_logs_of_other_pods_show_within_seconds() -> None:
    assert "--attr-cache-timeout=10" in blobfuse().mount_options


def test_mounts_on_one_node_share_no_cache_folder() -> None:
    options = blobfuse().mount_options
    assert "--block-cache" in options
    assert not [option for option in options if option.startswith(("--file-cache", "--tmp-path", "--block-cache-path"))]


def test_block_cache_has_room_for_what_it_fetches_ahead() -> None:
    sizes = {
        name: int(value)
        for name, _, value in (option.partition("=") for option in blobfuse().mount_options)
        if name.startswith("--block-cache-")
    }
    # Below 11 the driver's program refuses to start.
    assert sizes["--block-cache-prefetch"] >= 11
    assert sizes["--block-cache-prefetch"] * sizes["--block-cache-block-size"] <= sizes["--block-cache-pool-size"]


def test_blobfuse_shows_the_logs_that_were_uploaded_before_and_the_other_way_round() -> None:
    uploaded = log_values(LogsSettings(), executor_parts(AirflowSettings()), "airflow-logs", None)["config"]["logging"][
        "remote_base_log_folder"
    ]
    assert f"--subdirectory={uploaded}" in blobfuse().mount_options
    # Uploads make no blobs that stand for folders; without this option their folders would not be there.
    assert "--virtual-directory=true" in blobfuse().mount_options


def test_mounts_do_not_list_the_container() -> None:
    assert "--cancel-list-on-mount-seconds=10" in blobfuse().mount_options
