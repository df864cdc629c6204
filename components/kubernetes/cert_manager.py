"""cert-manager, which issues and renews certificates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_kubernetes.helm.v3 import Release, RepositoryOptsArgs

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings import nested
from components.settings.pins import Chart

from .image_reference import split_reference
from .labels_and_annotations import CLIENT_ID_ANNOTATION, IDENTITY_LABEL
from .namespace import create_closed_namespace
from .way_out import DIRECT, ContainerWayOut, WayOut, create_trusted_certificates

NAMESPACE: Final = "cert-manager"
RELEASE: Final = "cert-manager"
# The chart gives the controller's service account the release's name.
SERVICE_ACCOUNT: Final = RELEASE
# Key of an image in charts/pins.yaml to its place in the chart's values.
IMAGE_PLACES: Final = {
    "certManagerAcmesolver": "acmesolver.image",
    "certManagerCainjector": "cainjector.image",
    "certManagerController": "image",
    "certManagerStartupapicheck": "startupapicheck.image",
    "certManagerWebhook": "webhook.image",
}
_TIMEOUT_SECONDS: Final = 600
_STATIC_VALUES: Final = Path(__file__).resolve().parents[2] / "charts" / "cert-manager" / "values.yaml"


@dataclass(frozen=True, kw_only=True)
class CertManagerArgs:
    """What CertManager needs: its chart and images, its network policies, and the identity that writes DNS records.

    `images` are references by their keys in charts/pins.yaml. `after` is an output of what must exist before.
    """

    chart: Chart
    images: Mapping[str, Input[str]]
    network_policies: Mapping[str, Mapping[str, Any]]
    egress_policies: Mapping[str, Input[Mapping[str, Any]]]
    dns_client_id: Input[str] | None
    after: Input[Any]
    way_out: WayOut


class CertManager(ComponentResource):
    """The operator in a namespace of its own, on the system pool.

    The release is ready when the API server accepts an object of cert-manager's: the chart's Job asks it. So everything
    that depends on `ready` finds the CRDs, and a webhook that answers.
    """

    ready: Output[str]

    def __init__(self, name: str, args: CertManagerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:CertManager", name, None, opts)
        closed, policies = create_closed_namespace(name, NAMESPACE, args.network_policies, args.egress_policies, self)
        certificates = create_trusted_certificates(name, closed, args.way_out.bundle, self)
        # Depends on the network policies, so that no pod starts without them, and on the Gateway API's CRDs.
        namespace: Output[str] = make_depend_on(closed, args.after, *policies, *certificates)
        release = Release(
            f"{name}-release",
            name=RELEASE,
            namespace=namespace,
            chart=args.chart.name,
            version=args.chart.version,
            repository_opts=RepositoryOptsArgs(repo=args.chart.repository),
            values=Output.all(dict(args.images), args.dns_client_id, args.way_out.of_container).apply(
                lambda resolved: cert_manager_values(*resolved)
            ),
            timeout=_TIMEOUT_SECONDS,
            max_history=5,
            skip_await=False,
            opts=ResourceOptions(parent=self),
        )
        self.ready = release.id
        register_annotated_outputs(self)


def cert_manager_values(
    images: Mapping[str, str], dns_client_id: str | None, way_out: ContainerWayOut = DIRECT
) -> dict[str, Any]:
    """Return the static values with the images in the stack's registry, and the identity for DNS-01 if there is one.

    Only the controller gets the way out: it calls the authority, Entra and Azure.
    """
    values: dict[str, Any] = yaml.safe_load(_STATIC_VALUES.read_text(encoding="utf-8"))
    for key, place in IMAGE_PLACES.items():
        nested.put(values, place, split_reference(images[key]))
    if dns_client_id is not None:
        values["podLabels"] = {IDENTITY_LABEL: "true"}
        values["serviceAccount"] = {"annotations": {CLIENT_ID_ANNOTATION: dns_client_id}}
        # An Issuer may not use the controller's own identity otherwise; a ClusterIssuer may, for every namespace.
        values["config"]["issuerAmbientCredentials"] = True
    added = {
        "extraEnv": way_out.variables(),
        "volumes": way_out.volumes,
        "volumeMounts": way_out.mounts,
        "podAnnotations": way_out.annotations,
    }
    return {**values, **{key: value for key, value in added.items() if value}}
