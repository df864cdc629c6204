"""As much of kubectl as docs/recovery.md asks for, over the simulated cluster."""

from __future__ import annotations

from .simulated_cloud import SimulatedCloud


def kubectl(cloud: SimulatedCloud, *arguments: str) -> list[str]:
    """Do what a command does; the lines that it shows. The only Secrets that are simulated are Helm's records."""
    match arguments:
        case ("--namespace", namespace, "get", "secrets", *_):
            records = [record for record in cloud.helm.cut_off.values() if record.inputs["namespace"] == namespace]
            return [f"sh.helm.release.v1.{record.inputs['name']} {record.status}" for record in records]
        case ("--namespace", namespace, "delete", "secrets", *_):
            cloud.delete_records(namespace)
        case ("--namespace", _, "delete", "job", name):
            cloud.delete_outside("kubernetes:batch/v1:Job", name)
        case _:
            raise LookupError(f"kubectl {' '.join(arguments)}")
    return []


__all__ = ["kubectl"]
