"""Which images a stack runs."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi import Input, Output

from components.settings import Settings
from components.settings.pins import Image

AIRFLOW = "airflow"
GIT_SYNC = "gitSync"
EXTERNAL_SECRETS = "externalSecrets"
_POOLER_IMAGES = ("pgbouncer", "pgbouncerExporter")


def images_to_import(settings: Settings) -> dict[str, Image]:
    """Every image that some pod of the stack runs and that is not in its registry already, by its key in the pins."""
    images = dict(settings.release_line.images)
    if settings.airflow.image.tag is not None:
        del images[AIRFLOW]
    if settings.database.pooler != "pgbouncer":
        images = {key: image for key, image in images.items() if key not in _POOLER_IMAGES}
    if settings.dags.delivery != "gitSync":
        del images[GIT_SYNC]
    match settings.secrets.delivery:
        case "externalSecrets":
            images |= settings.pins.external_secrets.images
        case "csi":
            # The add-on brings its own, and the keeper runs Airflow's, which its nodes have anyway.
            pass
    return images


def secret_sync_image(
    settings: Settings, imported: Mapping[str, Output[str]], airflow_image: Output[str]
) -> Output[str]:
    """The image of what brings secrets into the cluster: the operator's, or Airflow's for the keeper."""
    match settings.secrets.delivery:
        case "externalSecrets":
            return imported[EXTERNAL_SECRETS]
        case "csi":
            return airflow_image


def stack_image(settings: Settings, imported: Mapping[str, Output[str]], pull_server: Input[str]) -> Output[str]:
    """The image of Airflow's own containers: the imported one, or `airflow.image`, already in the stack's registry."""
    image = settings.airflow.image
    if image.tag is None:
        return imported[AIRFLOW]
    repository = image.repository or settings.release_line.images[AIRFLOW].repository
    return Output.format("{0}/{1}:{2}", pull_server, repository, image.tag)
