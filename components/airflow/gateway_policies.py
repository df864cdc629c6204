"""The network policies for the gateway: those of its own namespace, and who of it may reach Airflow."""

from __future__ import annotations

from typing import Any, Final

from components.kubernetes.envoy_policies import PROXY_LABELS
from components.settings.access_sections import AccessSettings

from .line_family import LineFamily
from .names import GATEWAY_NAMESPACE, NAMESPACE
from .traffic.host_policies import without_anywhere
from .traffic.policy_specs import DNS, Peer, Policy, egress, in_namespace, ingress, outside, ports, select

# The port of the UI's pods.
UI_PORT: Final = 8080
_HTTPS_PORT: Final = 443
# Ports of the proxies' pods behind 80 and 443 of their Service: a container without privileges opens none below 1024.
_PROXY_PORTS: Final = (10080, 10443)
# The proxies' port for metrics, which Envoy Gateway names in their annotations.
_METRICS_PORT: Final = 19001
# Envoy Gateway's port for its proxies' configuration.
_CONFIGURATION_PORT: Final = 18000
# The port on which cert-manager's pods answer the challenges of Let's Encrypt, and their label.
_SOLVER_PORT: Final = 8089
_SOLVER: Final = {"matchLabels": {"acme.cert-manager.io/http01-solver": "true"}}
_PROXIES: Final = {"matchLabels": dict(PROXY_LABELS)}
CONTROLLER: Final = {"matchLabels": {"control-plane": "envoy-gateway"}}
# The Job that makes the certificates of the controller and the proxies.
CERTGEN: Final = {"matchLabels": {"app": "certgen"}}


def gateway_policies(access: AccessSettings, line: LineFamily, *, scraped: bool, restricted: bool) -> dict[str, Policy]:
    """Return the spec of every policy of the gateway's namespace by its name; what no policy allows is denied.

    `scraped`: whether the agent of Container insights reads the proxies' metrics. `restricted`: whether other policies
    open the Kubernetes API, instead of every address on its port.
    """
    to_ui: dict[str, Any] = {
        "to": [{**in_namespace(NAMESPACE), "podSelector": select(line.ui_component)}],
        "ports": ports([UI_PORT]),
    }
    to_controller = {"to": [{"podSelector": CONTROLLER}], "ports": ports([_CONFIGURATION_PORT])}
    to_solver = {"to": [{"podSelector": _SOLVER}], "ports": ports([_SOLVER_PORT])}
    from_agent = {"from": [in_namespace("kube-system")], "ports": ports([_METRICS_PORT])}
    asks_over_http = access.tls.from_lets_encrypt and access.dns_zone_id is None
    policies = {
        "default-deny": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
        "dns": egress({}, [DNS]),
        # The Kubernetes API, whose address may change at any time.
        "controller-to-https": egress(CONTROLLER, [outside(_HTTPS_PORT)]),
        "certgen-to-https": egress(CERTGEN, [outside(_HTTPS_PORT)]),
        "controller": ingress(
            CONTROLLER, [{"from": [{"podSelector": _PROXIES}], "ports": ports([_CONFIGURATION_PORT])}]
        ),
        # From any address: which ones may reach Airflow is for the gateway to decide, after challenges are answered.
        "proxies": ingress(_PROXIES, [{"ports": ports(_PROXY_PORTS)}]),
        **({"proxies-scrape": ingress(_PROXIES, [from_agent])} if scraped else {}),
        "proxies-to-airflow": egress(_PROXIES, [to_controller, to_ui, *([to_solver] if asks_over_http else [])]),
    }
    return without_anywhere(policies) if restricted else policies


def admit_gateway(line: LineFamily) -> dict[str, Policy]:
    """Return the policy of Airflow's namespace that lets the gateway's proxies reach the UI, and nothing else."""
    proxies: Peer = {**in_namespace(GATEWAY_NAMESPACE), "podSelector": _PROXIES}
    rule = {"from": [proxies], "ports": ports([UI_PORT])}
    return {f"gateway-to-{line.ui_component}": ingress(select(line.ui_component), [rule])}
