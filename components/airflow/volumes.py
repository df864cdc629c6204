"""Specs of the volumes for logs and DAGs, as plain values without Pulumi."""

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

# Attributes are cached for a few seconds, so that a pod soon sees what other pods write.
# Source: AKS, "Create and manage persistent volumes with Azure Blob storage"; blobfuse2, "CLI parameters".
BLOBFUSE_MOUNT_OPTIONS: Final = (
    "-o allow_other",
    f"-o uid={AIRFLOW_USER}",
    f"-o gid={AIRFLOW_GROUP}",
    # The mount shows the blobs that remote logging writes, so that each delivery finds the logs of the other. Remote
    # logging creates no blobs for folders, and blobfuse shows such folders only with `--virtual-directory`.
    f"--subdirectory={names.LOG_BLOB_PREFIX}",
    "--virtual-directory=true",
    # Each pod has its own mount. With a file cache, the mounts on a node would share one folder and overwrite each
    # other's files. The block cache is in memory, at most 64 MB per mount. blobfuse starts only with all three numbers.
    "--block-cache",
    "--block-cache-block-size=1",
    "--block-cache-pool-size=64",
    "--block-cache-prefetch=12",
    "--attr-cache-timeout=10",
    "-o attr_timeout=10",
    "-o entry_timeout=10",
    "-o negative_timeout=10",
    # Otherwise the mount of each pod would list the whole container, and Azure bills each listing.
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
    # Airflow locks no files. Without this option, the client sends every lock to the server.
    "nobrl",
)


@dataclass(frozen=True, kw_only=True)
class Volume:
    """A volume for one use (`logs` or `dags`): its driver, mount options, size in GiB and source."""

    use: str
    delivery: str
    driver: str
    mount_options: tuple[str, ...]
    gib: int
    source: dict[str, Any]

    @property
    def class_name(self) -> str:
        """The name of the storage class. Each use and delivery has its own class, because a class's driver is fixed."""
        return f"airflow-{self.use}-{self.delivery.lower()}"

    @property
    def name(self) -> str:
        """The name of both volume and claim. It ends in a hash of their content, because neither can be changed.

        A change of the content creates a new volume and claim. The old ones are deleted when no pod uses them any more.
        """
        content = json.dumps([self.driver, self.mount_options, self.gib, self.source], sort_keys=True)
        return f"{self.class_name}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def blobfuse_volume(gib: int, resource_group: str, account: str, container: str, client_id: str) -> Volume:
    """Return the volume for the container with the logs, which blobfuse mounts with the pod's workload identity.

    Without `mountWithWorkloadIdentityToken`, the driver would use the identity to fetch the account's key. The value of
    this attribute is a string, not a boolean. Source: blob-csi-driver, "Workload Identity Support for Static
    Provisioning".
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
    """Return the volume for a file share, mounted over SMB with the account's key from the synced Secret.

    A mount option makes DAGs read-only, because the chart mounts their claim read-write.
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
    """Return the spec of the PersistentVolume. Deleting it keeps the data."""
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
    """Return the spec of the claim, bound to its volume by name."""
    return {
        "accessModes": [ACCESS_MODE],
        "storageClassName": volume.class_name,
        "volumeMode": "Filesystem",
        "volumeName": volume.name,
        "resources": {"requests": {"storage": f"{volume.gib}Gi"}},
    }
