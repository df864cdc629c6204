"""Which pods chaos deletes: the labels of each target in Airflow's chart, given to chaoskube."""

from __future__ import annotations

from pulumi import ResourceOptions

from components.azure.stack_images import CHAOSKUBE
from components.kubernetes.chaos import Chaos, ChaosArgs
from components.kubernetes.namespace import AirflowNamespace
from components.settings.chaos_section import ChaosTarget

from .foundation import Foundation
from .line_family import LineFamily
from .release import AirflowRelease
from .release_lines import family_of
from .traffic.allowed_policies import label_of


def create_chaos(
    foundation: Foundation, namespace: AirflowNamespace, airflow: AirflowRelease, in_cluster: ResourceOptions
) -> Chaos | None:
    """Create chaoskube, if the stack file asks for it. It depends on the release, whose pods it deletes."""
    settings = foundation.settings
    chaos = settings.chaos
    if chaos is None:
        return None
    line = family_of(settings.airflow.release)
    args = ChaosArgs(
        settings=chaos,
        target_labels=airflow.release_name.apply(lambda release: target_labels(chaos.target, line, release)),
        namespace=namespace.name,
        image=foundation.images.references[CHAOSKUBE],
    )
    return Chaos("chaos", args, in_cluster)


def target_labels(target: ChaosTarget, line: LineFamily, release: str) -> dict[str, str]:
    """Return the labels that the chart gives the pods of a target and no other pods."""
    return {"component": label_of(target, line), "release": release, "tier": "airflow"}
