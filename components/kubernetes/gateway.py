"""The gateway through which people reach Airflow: Envoy Gateway, the Gateway with its listeners, and the routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.helm.v3 import Release
from pulumi_kubernetes.helm.v4 import Chart as RenderedChart

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.pins import GatewayAddon

from . import envoy_policies, gateway_objects
from .chart_source import chart_source
from .gateway_objects import GATEWAY
from .image_reference import split_reference
from .namespace import create_closed_namespace

# Keys of images in charts/pins.yaml.
CONTROLLER_IMAGE: Final = "envoyGateway"
PROXY_IMAGE: Final = "envoyProxy"
RELEASE: Final = "envoy-gateway"
CLASS: Final = "airflow-gateway"
REDIRECT: Final = "https-redirect"
_TIMEOUT_SECONDS: Final = 600
_CHART: Final = Path(__file__).resolve().parents[2] / "charts" / "envoy-gateway"


@dataclass(frozen=True, kw_only=True)
class GatewayArgs:
    """What Gateway needs: the host and path that it serves, its chart and images, and where its proxies run.

    `service_annotations` tell AKS which address the load balancer gets. `route_namespace` is Airflow's namespace,
    `service` its service on `port`. `network_policies` and `egress_policies` are those of the gateway's own namespace.
    """

    namespace: str
    network_policies: Mapping[str, Mapping[str, Any]]
    egress_policies: Mapping[str, Input[Mapping[str, Any]]]
    addon: GatewayAddon
    images: Mapping[str, Input[str]]
    replicas: int
    host: str
    path: str
    allowed_cidrs: Sequence[str]
    service_annotations: Input[Mapping[str, str]]
    node_selector: Input[Mapping[str, str]]
    route_namespace: Input[str]
    service: Input[str]
    port: int


class Gateway(ComponentResource):
    """Envoy Gateway and its proxies in one namespace, and the way from the host to Airflow.

    The namespace stays when the component is removed, with the Secret of the certificate in it: Let's Encrypt counts
    each certificate that is issued again. The CRDs stay too, because other Gateways of the cluster may use them.
    """

    namespace: Output[str]
    gateway_name: Output[str]
    route_name: Output[str]

    def __init__(self, name: str, args: GatewayArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:Gateway", name, None, opts)
        self._name = name
        self._args = args
        closed, policies = create_closed_namespace(
            name, args.namespace, args.network_policies, args.egress_policies, self, retain=True
        )
        namespace: Output[str] = make_depend_on(closed, *policies)
        crds = self._install_crds()
        controller = self._install_controller(namespace, crds)
        gateway = self._create_gateway(namespace, controller)
        route = self._create_routes(namespace, controller)

        # Depends on the CRDs, for objects of others that need them.
        self.namespace = make_depend_on(namespace, controller.id)
        # Depends on the Gateway, which is ready when its load balancer has the address.
        self.gateway_name = make_depend_on(GATEWAY, gateway.id)
        self.route_name = make_depend_on(GATEWAY, gateway.id, route.id)
        register_annotated_outputs(self)

    def _install_crds(self) -> RenderedChart:
        """Install the CRDs as single objects, so that an update of the chart updates them, and a removal keeps them.

        As a release, they would be larger than the Secret in which Helm keeps a release.
        """
        return RenderedChart(
            f"{self._name}-crds",
            **chart_source(self._args.addon.crds_chart),
            values=_read_values("crds-values.yaml"),
            opts=ResourceOptions(parent=self, retain_on_delete=True),
        )

    def _install_controller(self, namespace: Output[str], crds: RenderedChart) -> Release:
        args = self._args
        return Release(
            f"{self._name}-controller",
            name=RELEASE,
            namespace=namespace,
            **chart_source(args.addon.chart),
            values=Output.all(
                args.images[CONTROLLER_IMAGE], args.images[PROXY_IMAGE], namespace, args.route_namespace
            ).apply(lambda resolved: envoy_gateway_values(*resolved)),
            timeout=_TIMEOUT_SECONDS,
            max_history=5,
            skip_await=False,
            opts=ResourceOptions(parent=self, depends_on=[crds]),
        )

    def _create_gateway(self, namespace: Output[str], controller: Release) -> CustomResource:
        """Create the Gateway with what it needs: its proxies' description, its class, and the policy of its clients."""
        args = self._args
        proxy = Output.all(args.images[PROXY_IMAGE], args.node_selector, args.service_annotations).apply(
            lambda resolved: envoy_policies.proxy_spec(args.replicas, *resolved)
        )
        needed: list[Resource] = [
            self._create(envoy_policies.API, "EnvoyProxy", GATEWAY, namespace, proxy, [controller]),
            self._create(
                envoy_policies.API,
                "ClientTrafficPolicy",
                GATEWAY,
                namespace,
                envoy_policies.client_traffic_spec(),
                [controller],
            ),
        ]
        gateway_class = self._create(
            gateway_objects.API,
            "GatewayClass",
            CLASS,
            None,
            namespace.apply(envoy_policies.class_spec),
            needed,
            ready="Accepted",
        )
        spec = Output.from_input(args.route_namespace).apply(
            lambda routes: gateway_objects.gateway_spec(CLASS, args.host, routes)
        )
        return self._create(
            gateway_objects.API, "Gateway", GATEWAY, namespace, spec, [gateway_class], ready="Programmed"
        )

    def _create_routes(self, namespace: Output[str], controller: Release) -> CustomResource:
        """Create the redirect, the route to Airflow with its policies, and return the latter route."""
        args = self._args
        self._create(
            gateway_objects.API,
            "HTTPRoute",
            REDIRECT,
            namespace,
            gateway_objects.redirect_route_spec(),
            [controller],
        )
        policies = {"BackendTrafficPolicy": envoy_policies.backend_traffic_spec(GATEWAY)}
        if args.allowed_cidrs:
            policies["SecurityPolicy"] = envoy_policies.allowed_cidrs_spec(GATEWAY, args.allowed_cidrs)
        # Before the route, so that Airflow is never reachable without them.
        made = [
            self._create(envoy_policies.API, kind, GATEWAY, args.route_namespace, spec, [controller])
            for kind, spec in policies.items()
        ]
        route = Output.all(namespace, args.service).apply(
            lambda resolved: gateway_objects.airflow_route_spec(
                resolved[0], args.host, args.path, resolved[1], args.port
            )
        )
        return self._create(gateway_objects.API, "HTTPRoute", GATEWAY, args.route_namespace, route, [controller, *made])

    def _create(
        self,
        api_version: str,
        kind: str,
        object_name: str,
        namespace: Input[str] | None,
        spec: Input[Any],
        after: Sequence[Resource],
        ready: str | None = None,
    ) -> CustomResource:
        """Create a custom resource; with `ready`, it is created when it has this condition."""
        return CustomResource(
            f"{self._name}-{kind.lower()}-{object_name}",
            api_version=api_version,
            kind=kind,
            metadata={
                "name": object_name,
                **({} if namespace is None else {"namespace": namespace}),
                **({"annotations": {"pulumi.com/waitFor": f"condition={ready}"}} if ready else {}),
            },
            spec=spec,
            opts=ResourceOptions(parent=self, depends_on=list(after)),
        )


def envoy_gateway_values(image: str, proxy_image: str, namespace: str, route_namespace: str) -> dict[str, Any]:
    """Return the chart's values: the static ones, the images, and the namespaces that the controller reads.

    The controller starts its own image as the second container of each proxy. Its defaults for the proxy and for rate
    limits name images of a public registry, so both are set to images of the stack's registry.
    """
    values = _read_values("values.yaml")
    values["global"] = {
        "imageRegistry": image.partition("/")[0],
        "images": {"envoyProxy": {"image": proxy_image}},
    }
    values["deployment"]["envoyGateway"]["image"] = split_reference(image)
    watch = {"type": "Namespaces", "namespaces": [namespace, route_namespace]}
    values["config"] = {"envoyGateway": {"provider": {"type": "Kubernetes", "kubernetes": {"watch": watch}}}}
    return values


def _read_values(file: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((_CHART / file).read_text(encoding="utf-8"))
    return content
