"""Volumes for logs and DAGs as Kubernetes describes them: plain values, without Pulumi."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from . import names

BLOB_DRIVER: Final = "blob.csi.azure.com"
FILE_DRIVER: Final = "file.csi.azure.com"
# The user and group of Airflow's image. Neither driver takes them from the pod's fsGroup for a shared volume.
AIRFLOW_USER: Final = 50000
AIRFLOW_GROUP: Final = 0
ACCESS_MODE: Final = "ReadWriteMany"

# Source: AKS, "Create and manage persistent volumes with Azure Blob storage"; blobfuse2, "CLI parameters". What others
# wrote shows within seconds, as attributes are believed for a short while only.
BLOBFUSE_MOUNT_OPTIONS: Final = (
    "-o allow_other",
    f"-o uid={AIRFLOW_USER}",
    f"-o gid={AIRFLOW_GROUP}",
    # The same blobs that remote logging writes, so that either way finds the other's logs. It makes no blobs that stand
    # for folders, which blobfuse would miss without the second option.
    f"--subdirectory={names.LOG_BLOB_PREFIX}",
    "--virtual-directory=true",
    # Each pod has a mount of its own, and file caches of mounts on one node would share a folder and overwrite each
    # other's files. Blocks are kept in memory: at most 64 MB a mount. Without all three figures it does not start.
    "--block-cache",
    "--block-cache-block-size=1",
    "--block-cache-pool-size=64",
    "--block-cache-prefetch=12",
    "--attr-cache-timeout=10",
    "-o attr_timeout=10",
    "-o entry_timeout=10",
    "-o negative_timeout=10",
    # Listing the whole container at each mount would be billed, and there is a mount for each pod.
    "--cancel-list-on-mount-seconds=10",
    "--log-level=LOG_WARNING",
)
# Source: AKS, "Create and manage persistent volumes with Azure Files"; mount.cifs.
SMB_MOUNT_OPTIONS: Final = (
    f"uid={AIRFLOW_USER}",
    f"gid={AIRFLOW_GROUP}",
    "dir_mode=0770",
    "file_mode=0660",
    "mfsymlinks",
    "cache=strict",
    "nosharesock",
    "actimeo=30",
    # Airflow locks no file; without this each lock goes to the server.
    "nobrl",
)


@dataclass(frozen=True, kw_only=True)
class Volume:
    """A volume by what it is for (`logs`, `dags`): its driver, mount options, size in GiB and source."""

    use: str
    delivery: str
    driver: str
    mount_options: tuple[str, ...]
    gib: int
    source: dict[str, Any]

    @property
    def class_name(self) -> str:
        """The storage class, which is one for each use and way, as its driver cannot change."""
        return f"airflow-{self.use}-{self.delivery.lower()}"

    @property
    def name(self) -> str:
        """Volume and claim. Neither can change, so that the name ends in a hash of all that they are.

        A change makes new ones beside the old, which go when no pod uses them any more.
        """
        content = json.dumps([self.driver, self.mount_options, self.gib, self.source], sort_keys=True)
        return f"{self.class_name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def blobfuse_volume(gib: int, resource_group: str, account: str, container: str, client_id: str) -> Volume:
    """The container with the logs, mounted by blobfuse in each pod with the pod's own workload identity.

    Without `mountWithWorkloadIdentityToken` the driver would use that identity to fetch the account's key. Its value is
    a text, not a boolean. Source: blob-csi-driver, "Workload Identity Support for Static Provisioning".
    """
    return Volume(
        use="logs",
        delivery="blobfuse",
        driver=BLOB_DRIVER,
        mount_options=BLOBFUSE_MOUNT_OPTIONS,
        gib=gib,
        source={
            "volumeHandle": f"{account}_{container}",
            "volumeAttributes": {
                "protocol": "fuse2",
                "resourceGroup": resource_group,
                "storageAccount": account,
                "containerName": container,
                "clientID": client_id,
                "mountWithWorkloadIdentityToken": "true",
            },
        },
    )


def azure_files_volume(use: str, gib: int, resource_group: str, account: str, share: str) -> Volume:
    """A share, mounted by SMB with the account's key from the synced Secret.

    DAGs are read-only by the mount: the chart would mount a claim of DAGs for writing.
    """
    return Volume(
        use=use,
        delivery="azureFiles",
        driver=FILE_DRIVER,
        mount_options=(*SMB_MOUNT_OPTIONS, "ro") if use == "dags" else SMB_MOUNT_OPTIONS,
        gib=gib,
        source={
            "volumeHandle": f"{account}_{share}",
            "volumeAttributes": {
                "protocol": "smb",
                "resourceGroup": resource_group,
                "storageAccount": account,
                "shareName": share,
            },
            "nodeStageSecretRef": {"name": names.STORAGE_SECRET, "namespace": names.NAMESPACE},
        },
    )


def volume_spec(volume: Volume) -> dict[str, Any]:
    """The spec of the PersistentVolume. What it holds outlives it."""
    return {
        "capacity": {"storage": f"{volume.gib}Gi"},
        "accessModes": [ACCESS_MODE],
        "persistentVolumeReclaimPolicy": "Retain",
        "storageClassName": volume.class_name,
        "volumeMode": "Filesystem",
        "mountOptions": list(volume.mount_options),
        "csi": {"driver": volume.driver, **volume.source},
    }


def claim_spec(volume: Volume) -> dict[str, Any]:
    """The spec of the claim, pinned to its volume."""
    return {
        "accessModes": [ACCESS_MODE],
        "storageClassName": volume.class_name,
        "volumeMode": "Filesystem",
        "volumeName": volume.name,
        "resources": {"requests": {"storage": f"{volume.gib}Gi"}},
    }
