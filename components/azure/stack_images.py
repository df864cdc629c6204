"""The images of a stack's pods."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi import Input, Output

from components.settings.model import Settings
from components.settings.pins import Image

# Keys of images in charts/pins.yaml.
AIRFLOW = "airflow"
GIT_SYNC = "gitSync"
CHAOSKUBE = "chaoskube"
EXTERNAL_SECRETS = "externalSecrets"
GPU_PLUGIN = "nvidiaDevicePlugin"
XCOM_SIDECAR = "xcomSidecar"
_POOLER_IMAGES = ("pgbouncer", "pgbouncerExporter")


def select_images(settings: Settings) -> dict[str, Image]:
    """Return the images that pods run, here or in other clusters, by key in the pins, except those in the registry."""
    gpu_images = settings.pins.gpu.images if any(pool.gpu for pool in settings.cluster.pools) else {}
    if not settings.has_airflow:
        return dict(gpu_images)
    images = {**settings.release_line.images, **gpu_images}
    if settings.airflow.image.tag is not None:
        del images[AIRFLOW]
    if settings.database.pooler != "pgbouncer":
        images = {key: image for key, image in images.items() if key not in _POOLER_IMAGES}
    if settings.dags.delivery != "gitSync":
        del images[GIT_SYNC]
    if settings.access is not None:
        images |= settings.pins.envoy_gateway.images
    if settings.access is not None and settings.access.tls.uses_cert_manager:
        images |= settings.pins.cert_manager.images
    if settings.remote_clusters:
        images |= settings.pins.remote_clusters.images
    if settings.chaos is not None:
        images |= settings.pins.chaos.images
    match settings.secrets.delivery:
        case "externalSecrets":
            images |= settings.pins.external_secrets.images
        case "csi":
            # AKS provides the add-on's images. The keeper (csi_keeper.py) runs Airflow's image, which its nodes have
            # anyway.
            pass
    return images


def select_secret_sync_image(
    settings: Settings, imported: Mapping[str, Output[str]], airflow_image: Output[str]
) -> Output[str]:
    """Return the image of the pods that deliver secrets: the operator's image, or Airflow's image for the keeper."""
    match settings.secrets.delivery:
        case "externalSecrets":
            return imported[EXTERNAL_SECRETS]
        case "csi":
            return airflow_image


def select_airflow_image(
    settings: Settings, imported: Mapping[str, Output[str]], pull_server: Input[str]
) -> Output[str]:
    """Return the image of Airflow's containers: the imported image, or the one that `airflow.image` names."""
    image = settings.airflow.image
    if image.tag is None:
        return imported[AIRFLOW]
    repository = image.repository or settings.release_line.images[AIRFLOW].repository
    return Output.format("{0}/{1}:{2}", pull_server, settings.registry.place(repository), image.tag)
