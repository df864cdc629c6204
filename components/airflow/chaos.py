"""Chaos for Airflow: the labels of each target's pods, and the component of a stack that asks for it."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi import Input, Output, ResourceOptions

from components.azure.stack_images import CHAOSKUBE
from components.kubernetes.chaos import Chaos, ChaosArgs
from components.settings.chaos_section import ChaosTarget
from components.settings.model import Settings

from .line_family import LineFamily
from .release_lines import family_of
from .traffic.allowed_policies import label_of


def create_chaos(
    settings: Settings,
    release_name: Output[str],
    namespace: Input[str],
    images: Mapping[str, Input[str]],
    opts: ResourceOptions,
) -> Chaos | None:
    """Create chaoskube, if the stack file asks for it. It depends on the release, whose pods it deletes."""
    chaos = settings.chaos
    if chaos is None:
        return None
    line = family_of(settings.airflow.release)
    labels = release_name.apply(lambda release: target_labels(chaos.target, line, release))
    args = ChaosArgs(settings=chaos, target_labels=labels, namespace=namespace, image=images[CHAOSKUBE])
    return Chaos("chaos", args, opts)


def target_labels(target: ChaosTarget, line: LineFamily, release: str) -> dict[str, str]:
    """Return the labels that the chart gives the pods of a target and no other pods."""
    return {"component": label_of(target, line), "release": release, "tier": "airflow"}
