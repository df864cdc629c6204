"""Chaos: chaoskube, which deletes pods of one component to prove that Airflow recovers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.rbac.v1 import Role, RoleBinding

from components.output_registration import register_annotated_outputs
from components.settings.chaos_section import ChaosSettings

from .namespace import ServiceAccountSpec, create_service_account

CHAOS: Final = "airflow-chaos"
# The `component` label of its pod, by which the network policies select it.
CHAOS_COMPONENT: Final = "chaos"
_LABELS: Final = {"component": CHAOS_COMPONENT}
_PORT: Final = 8080
# Chaoskube lists and deletes pods, and writes an event for each deleted pod.
RULES: Final = (
    {"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "delete"]},
    {"apiGroups": [""], "resources": ["events"], "verbs": ["create"]},
)


@dataclass(frozen=True, kw_only=True)
class ChaosArgs:
    """What Chaos needs: its settings, the labels of the pods to delete, their namespace, and chaoskube's image."""

    settings: ChaosSettings
    target_labels: Input[Mapping[str, str]]
    namespace: Input[str]
    image: Input[str]


class Chaos(ComponentResource):
    """Chaoskube with rights in one namespace.

    It runs on the system pool, where it takes no room from Airflow's pods. A disruption budget does not stop it: it
    deletes pods, and evicts none.
    """

    deployment_name: Output[str]

    def __init__(self, name: str, args: ChaosArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:Chaos", name, None, opts)
        self._metadata: dict[str, Any] = {"name": CHAOS, "namespace": args.namespace}
        spec = ServiceAccountSpec(name=CHAOS, calls_kubernetes=True)
        account = create_service_account(name, args.namespace, spec, self)
        binding = self._grant_rights(name, account.metadata.name)
        resolved = Output.all(
            labels=args.target_labels,
            namespace=args.namespace,
            image=args.image,
            service_account=account.metadata.name,
        )
        deployment = Deployment(
            f"{name}-chaoskube",
            metadata=self._metadata,
            spec=resolved.apply(
                lambda known: deployment_spec(
                    known["image"],
                    known["service_account"],
                    chaoskube_arguments(args.settings, known["labels"], known["namespace"]),
                )
            ),
            opts=ResourceOptions(parent=self, depends_on=[binding]),
        )
        self.deployment_name = deployment.metadata.name
        register_annotated_outputs(self)

    def _grant_rights(self, name: str, account: Input[str]) -> RoleBinding:
        role = Role(f"{name}-role", metadata=self._metadata, rules=list(RULES), opts=ResourceOptions(parent=self))
        return RoleBinding(
            f"{name}-role-binding",
            metadata=self._metadata,
            role_ref={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role.metadata.name},
            subjects=[{"kind": "ServiceAccount", "name": account, "namespace": self._metadata["namespace"]}],
            opts=ResourceOptions(parent=self),
        )


def chaoskube_arguments(settings: ChaosSettings, labels: Mapping[str, str], namespace: str) -> list[str]:
    """Return chaoskube's command line. Source: chaoskube's README, "Flags"."""
    # Chaoskube ignores a weekday that it does not know without a word; it knows the first three letters.
    weekdays = ",".join(day[:3] for day in settings.excluded_weekdays)
    hours = ",".join(settings.excluded_hours)
    return [
        # Without it, chaoskube would ask for the pods of the whole cluster.
        f"--client-namespace-scope={namespace}",
        f"--labels={','.join(f'{key}={value}' for key, value in sorted(labels.items()))}",
        # The owners of the chart's pods. A task pod has no owner, whatever labels a DAG gives it, and Jobs own theirs.
        "--kinds=ReplicaSet,StatefulSet",
        f"--interval={settings.interval_minutes}m",
        f"--timezone={settings.timezone}",
        *([f"--excluded-weekdays={weekdays}"] if weekdays else []),
        *([f"--excluded-times-of-day={hours}"] if hours else []),
        "--dry-run" if settings.dry_run else "--no-dry-run",
        "--log-format=json",
    ]


def deployment_spec(image: str, service_account: str, arguments: list[str]) -> dict[str, Any]:
    """Return the spec of chaoskube's Deployment. Chaoskube elects no leader, so there is never a second pod."""
    probe = {"httpGet": {"path": "/healthz", "port": _PORT}, "timeoutSeconds": 5}
    resources = {"cpu": "20m", "memory": "64Mi", "ephemeral-storage": "64Mi"}
    return {
        "replicas": 1,
        "strategy": {"type": "Recreate"},
        "revisionHistoryLimit": 2,
        "selector": {"matchLabels": _LABELS},
        "template": {
            "metadata": {"labels": _LABELS},
            "spec": {
                "serviceAccountName": service_account,
                "enableServiceLinks": False,
                "nodeSelector": {"kubernetes.azure.com/mode": "system"},
                "tolerations": [{"key": "CriticalAddonsOnly", "operator": "Exists"}],
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": 65534,
                    "runAsGroup": 65534,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containers": [
                    {
                        "name": "chaoskube",
                        "image": image,
                        "args": arguments,
                        "readinessProbe": probe,
                        "livenessProbe": {**probe, "periodSeconds": 30},
                        "resources": {"requests": dict(resources), "limits": dict(resources)},
                        "securityContext": {
                            "allowPrivilegeEscalation": False,
                            "readOnlyRootFilesystem": True,
                            "capabilities": {"drop": ["ALL"]},
                        },
                    }
                ],
            },
        },
    }
