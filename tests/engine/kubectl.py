"""As much of kubectl as docs/recovery.md and docs/operations.md ask for, over the simulated cluster."""

from __future__ import annotations

from . import running_airflow
from .simulated_cloud import SimulatedCloud


def kubectl(cloud: SimulatedCloud, *arguments: str) -> list[str]:
    """Do what a command does; the lines that it shows. The only Secrets that are simulated are Helm's records."""
    match arguments:
        case ("--namespace", namespace, "get", "secrets", *_):
            return [name for name, record in cloud.helm.names().items() if record.inputs["namespace"] == namespace]
        case ("--namespace", namespace, "delete", "secret", name):
            cloud.delete_record(namespace, name)
        case ("--namespace", _, "delete", "job", name):
            cloud.delete_outside("kubernetes:batch/v1:Job", name)
        case ("--namespace", _, "exec", "deployment/airflow-scheduler", *_, "airflow", "rotate-fernet-key"):
            running_airflow.rotate_fernet_key(cloud)
        case ("--namespace", _, "rollout", "restart", "deployment"):
            # Pods read the vault when they are asked: running_airflow.py.
            pass
        case _:
            raise LookupError(f"kubectl {' '.join(arguments)}")
    return []


__all__ = ["kubectl"]
