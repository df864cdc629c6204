"""What the chart values of a stack take from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ValuesWires:
    """What the values take from other components.

    `images` maps the names of charts/pins.yaml to whole references, with or without a digest behind the tag.
    `secret_versions` stands in the pods' annotations, so that a rotated secret restarts what reads it.
    The claims are those of volumes; None where nothing is mounted.
    """

    airflow_version: str
    images: Mapping[str, str]
    namespace: str
    logs_account_url: str
    logs_container: str
    secret_versions: str
    airflow_node_selector: Mapping[str, str]
    worker_node_selector: Mapping[str, str]
    worker_tolerations: Sequence[Mapping[str, str]]
    git_known_hosts: str | None
    logs_claim: str | None = None
    dags_claim: str | None = None
