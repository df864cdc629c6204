"""The settings of Container insights' agent: which metrics it reads in the cluster."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import ConfigMap

from components.output_registration import register_annotated_outputs

# The only name and namespace that the agent reads. Source: Azure Monitor, "Send Prometheus metrics to Log Analytics
# workspace with Container insights".
NAME: Final = "container-azm-ms-agentconfig"
NAMESPACE: Final = "kube-system"
# The exclusions are the agent's own, which it forgets as soon as there is a ConfigMap.
_LOG_SETTINGS: Final = """\
[log_collection_settings.stdout]
enabled = true
exclude_namespaces = ["kube-system", "gatekeeper-system"]
[log_collection_settings.stderr]
enabled = true
exclude_namespaces = ["kube-system", "gatekeeper-system"]
[log_collection_settings.env_var]
enabled = false
"""


@dataclass(frozen=True, kw_only=True)
class MetricScrapingArgs:
    """What MetricScraping needs: what to read, and the names of the metrics to keep, with `*` for any ending.

    `annotated_in`: namespaces whose pods are read as their annotations `prometheus.io/…` say.
    """

    addresses: Sequence[str]
    annotated_in: Sequence[str]
    metrics: Sequence[str]


class MetricScraping(ComponentResource):
    """The ConfigMap of the agent, which restarts when it changes."""

    config_map_name: Output[str]

    def __init__(self, name: str, args: MetricScrapingArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:MetricScraping", name, None, opts)
        settings = ConfigMap(
            f"{name}-settings",
            metadata={"name": NAME, "namespace": NAMESPACE},
            data=agent_settings(args.addresses, args.annotated_in, args.metrics),
            opts=ResourceOptions(parent=self),
        )
        self.config_map_name = settings.metadata.name
        register_annotated_outputs(self)


def agent_settings(addresses: Sequence[str], annotated_in: Sequence[str], metrics: Sequence[str]) -> dict[str, str]:
    """Return the data of the ConfigMap. A metric that is not named is neither stored nor paid for.

    The agent does not read environment variables: they may hold secrets.
    """
    scraping = {
        "interval": "1m",
        "fieldpass": list(metrics),
        "kubernetes_services": list(addresses),
        "monitor_kubernetes_pods": bool(annotated_in),
        "monitor_kubernetes_pods_namespaces": list(annotated_in),
    }
    # A line of TOML is a name and a JSON value, for these types.
    lines = [f"{key} = {json.dumps(value)}" for key, value in scraping.items()]
    return {
        "schema-version": "v1",
        "config-version": "ver1",
        "log-data-collection-settings": _LOG_SETTINGS,
        "prometheus-data-collection-settings": "\n".join(["[prometheus_data_collection_settings.cluster]", *lines, ""]),
    }
