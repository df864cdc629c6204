"""The network policies for the gateway: those of its own namespace, and who of it may reach Airflow."""

from __future__ import annotations

from typing import Any, Final

from components.kubernetes.certificate_objects import SOLVER_LABEL, SOLVER_PORT
from components.kubernetes.envoy_policies import PROXY_LABELS
from components.settings.access_sections import AccessSettings

from .line_family import LineFamily
from .names import GATEWAY_NAMESPACE, NAMESPACE
from .traffic.host_policies import limit_to_names
from .traffic.policy_specs import DENY, DNS, Peer, Policy, egress, in_namespace, ingress, outside, ports, select
from .traffic.port_numbers import API_PORT, HTTPS_PORT

# Ports of the proxies' pods behind 80 and 443 of their Service: a container without privileges opens none below 1024.
PROXY_HTTP_PORT: Final = 10080
_PROXY_HTTPS_PORT: Final = 10443
# The proxies' port for metrics, which Envoy Gateway names in their annotations.
_METRICS_PORT: Final = 19001
# Envoy Gateway's port for its proxies' configuration.
_CONFIGURATION_PORT: Final = 18000
_PROXIES: Final = {"matchLabels": dict(PROXY_LABELS)}
CONTROLLER: Final = {"matchLabels": {"control-plane": "envoy-gateway"}}
# The Job that makes the certificates of the controller and the proxies.
CERTGEN: Final = {"matchLabels": {"app": "certgen"}}


def gateway_policies(access: AccessSettings, line: LineFamily, *, scraped: bool, restricted: bool) -> dict[str, Policy]:
    """Return the spec of every policy of the gateway's namespace by its name; what no policy allows is denied.

    `scraped`: whether the agent of Container insights reads the proxies' metrics. `restricted`: whether other policies
    open DNS and the Kubernetes API, instead of every address on its port.
    """
    to_ui: dict[str, Any] = {
        "to": [{**in_namespace(NAMESPACE), "podSelector": select(line.ui_component)}],
        "ports": ports([API_PORT]),
    }
    to_controller = {"to": [{"podSelector": CONTROLLER}], "ports": ports([_CONFIGURATION_PORT])}
    to_solver = {"to": [{"podSelector": {"matchLabels": SOLVER_LABEL}}], "ports": ports([SOLVER_PORT])}
    from_agent = {"from": [in_namespace("kube-system")], "ports": ports([_METRICS_PORT])}
    policies = {
        "default-deny": DENY,
        "dns": egress({}, [DNS]),
        # The Kubernetes API, whose address may change at any time.
        "controller-to-https": egress(CONTROLLER, [outside(HTTPS_PORT)]),
        "certgen-to-https": egress(CERTGEN, [outside(HTTPS_PORT)]),
        "controller": ingress(
            CONTROLLER, [{"from": [{"podSelector": _PROXIES}], "ports": ports([_CONFIGURATION_PORT])}]
        ),
        # From any address: which ones may reach Airflow is for the gateway to decide, after challenges are answered.
        "proxies": ingress(_PROXIES, [{"ports": ports([PROXY_HTTP_PORT, _PROXY_HTTPS_PORT])}]),
        **({"proxies-scrape": ingress(_PROXIES, [from_agent])} if scraped else {}),
        "proxies-to-airflow": egress(_PROXIES, [to_controller, to_ui, *([to_solver] if access.uses_http01 else [])]),
    }
    return limit_to_names(policies) if restricted else policies


def admit_gateway(line: LineFamily) -> dict[str, Policy]:
    """Return the policy of Airflow's namespace that lets the gateway's proxies reach the UI, and nothing else."""
    proxies: Peer = {**in_namespace(GATEWAY_NAMESPACE), "podSelector": _PROXIES}
    rule = {"from": [proxies], "ports": ports([API_PORT])}
    return {f"gateway-to-{line.ui_component}": ingress(select(line.ui_component), [rule])}
