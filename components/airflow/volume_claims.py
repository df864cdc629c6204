"""Volumes from which Airflow's pods mount logs and DAGs, as a component."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import PersistentVolume, PersistentVolumeClaim
from pulumi_kubernetes.storage.v1 import StorageClass

from components.output_registration import register_annotated_outputs
from components.settings.airflow_sections import DagsSettings
from components.settings.azure_sections import LogsSettings

from .volumes import BLOB_DRIVER, FILE_DRIVER, Volume, azure_files_volume, blobfuse_volume, claim_spec, volume_spec


@dataclass(frozen=True, kw_only=True)
class AirflowStorageArgs:
    """What AirflowStorage needs: the deliveries of logs and DAGs, and the container and shares that store them."""

    logs: LogsSettings
    dags: DagsSettings
    namespace: Input[str]
    resource_group_name: Input[str]
    account_name: Input[str]
    container_name: Input[str]
    file_account_name: Input[str]
    share_names: Mapping[str, Input[str]]
    identity_client_id: Input[str]


class AirflowStorage(ComponentResource):
    """A storage class, a volume and a claim for logs and for DAGs, each only if pods mount them."""

    claims: dict[str, Output[str]]

    def __init__(self, name: str, args: AirflowStorageArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:airflow:AirflowStorage", name, None, opts)
        self._name = name
        self._args = args
        self.claims = {**self._logs(), **self._dags()}
        register_annotated_outputs(self)

    def _logs(self) -> dict[str, Output[str]]:
        args, gib = self._args, self._args.logs.size_gb
        match args.logs.delivery:
            case "blob":
                return {}
            case "blobfuse":
                volume = Output.all(
                    args.resource_group_name, args.account_name, args.container_name, args.identity_client_id
                ).apply(lambda wires: blobfuse_volume(gib, *wires))
                return {"logs": self._claim("logs", "blobfuse", BLOB_DRIVER, volume)}
            case "azureFiles":
                return {"logs": self._share("logs", gib)}

    def _dags(self) -> dict[str, Output[str]]:
        match self._args.dags.delivery:
            case "azureFiles":
                return {"dags": self._share("dags", self._args.dags.size_gb)}
            case "gitSync" | "gitBundle" | "image":
                return {}

    def _share(self, use: str, gib: int) -> Output[str]:
        args = self._args
        volume = Output.all(args.resource_group_name, args.file_account_name, args.share_names[use]).apply(
            lambda wires: azure_files_volume(use, gib, *wires)
        )
        return self._claim(use, "files", FILE_DRIVER, volume)

    def _claim(self, use: str, way: str, driver: str, volume: Output[Volume]) -> Output[str]:
        """Create storage class, volume and claim; return the claim's name, which depends on the bound claim."""
        storage_class = StorageClass(
            f"{self._name}-{use}-{way}-class",
            metadata={"name": volume.apply(lambda v: v.class_name)},
            provisioner=driver,
            reclaim_policy="Retain",
            volume_binding_mode="Immediate",
            allow_volume_expansion=False,
            mount_options=volume.apply(lambda v: list(v.mount_options)),
            opts=ResourceOptions(parent=self),
        )
        persistent_volume = PersistentVolume(
            f"{self._name}-{use}-{way}-volume",
            metadata={
                "name": volume.apply(lambda v: v.name),
                # The driver sets this annotation on volumes that it creates, and reads it at each mount.
                "annotations": {"pv.kubernetes.io/provisioned-by": driver},
            },
            spec=volume.apply(volume_spec),
            opts=ResourceOptions(parent=self, depends_on=[storage_class]),
        )
        claim = PersistentVolumeClaim(
            f"{self._name}-{use}-{way}-claim",
            metadata={"name": persistent_volume.metadata.name, "namespace": self._args.namespace},
            spec=volume.apply(claim_spec),
            opts=ResourceOptions(parent=self, depends_on=[storage_class]),
        )
        return Output.all(claim.metadata.name, claim.id).apply(lambda values: str(values[0]))
