"""The network policies for `network.allowedEgress` and `network.allowedIngress`, one for each component."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from components.airflow.executors import SCHEDULER, WORKER, executor_parts
from components.airflow.line_family import LineFamily
from components.airflow.release_lines import family_of
from components.settings.airflow_sections import AirflowSettings
from components.settings.allowed_traffic import AllowedEgress, TrafficComponent
from components.settings.model import Settings

from .addresses import Address
from .policy_specs import Peer, Policy, egress, in_namespace, in_range, ingress, ports, select

# The components to which an entry without `for` applies.
AIRFLOW: Final[tuple[TrafficComponent, ...]] = ("apiServer", "dagProcessor", "scheduler", "triggerer", "workers")


def label_of(component: TrafficComponent, line: LineFamily) -> str:
    """Return the chart's `component` label of a component's pods."""
    labels = {
        "apiServer": line.ui_component,
        "dagProcessor": "dag-processor",
        "scheduler": SCHEDULER,
        "taskPods": WORKER,
        "workers": WORKER,
    }
    return labels.get(component, component)


def airflow_components(airflow: AirflowSettings) -> tuple[TrafficComponent, ...]:
    """Return the components of Airflow that a stack runs."""
    absent = {
        "dagProcessor": airflow.dag_processors == 0,
        "triggerer": airflow.triggerers == 0,
        "workers": not executor_parts(airflow).worker_pods,
    }
    return tuple(component for component in AIRFLOW if not absent.get(component, False))


def egress_peers(entry: AllowedEgress) -> list[Peer]:
    """Return the peers to which an entry of `allowedEgress` opens its port."""
    if entry.host is not None:
        return Address(host=entry.host, port=entry.port).peers
    return [in_range(entry.cidr)] if entry.cidr is not None else []


def allowed_policies(settings: Settings) -> dict[str, Policy]:
    """Return the policies by their names; without entries there is none."""
    network = settings.network
    out = ((entry.components, _rule("to", egress_peers(entry), entry.port)) for entry in network.allowed_egress)
    into = (
        (
            entry.components,
            _rule("from", [in_range(entry.cidr) if entry.cidr else in_namespace(entry.namespace or "")], entry.port),
        )
        for entry in network.allowed_ingress
    )
    return {
        **{
            f"allowed-egress-{label}": egress(select(label), rules) for label, rules in _by_label(settings, out).items()
        },
        **{
            f"allowed-ingress-{label}": ingress(select(label), rules)
            for label, rules in _by_label(settings, into).items()
        },
    }


def _rule(direction: str, peers: list[Peer], port: int) -> dict[str, Any]:
    return {direction: peers, "ports": ports([port])}


def _by_label(
    settings: Settings, entries: Iterator[tuple[Sequence[TrafficComponent], dict[str, Any]]]
) -> dict[str, list[dict[str, Any]]]:
    """Collect the rules by component label, each rule once. An entry without components applies to all of Airflow's."""
    line = family_of(settings.airflow.release)
    found: dict[str, list[dict[str, Any]]] = {}
    for components, rule in entries:
        for component in components or airflow_components(settings.airflow):
            rules = found.setdefault(label_of(component, line), [])
            rules += [rule] if rule not in rules else []
    return found
