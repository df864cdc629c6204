"""Pods run images from the stack's own registry, and each image is imported once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dryrun.plan import Plan
from tests.cases import CASES
from tests.plans import at, plan_of

every = pytest.mark.parametrize("case", CASES)


def images_of(plan: Plan) -> Iterator[str]:
    """Every image in values, manifests and connections to other clusters."""
    for name, text in plan.vault.items():
        if name.startswith("airflow-remote-cluster-"):
            yield from at(json.loads(text), "xcom_sidecar_container_image")
    for resource in plan.manifests:
        yield from at(resource.inputs, "image")
    for release in plan.releases:
        values = release.inputs["values"]
        yield from (f"{part['repository']}:{part.get('tag', '')}" for part in _image_parts(values))
        if "defaultAirflowRepository" in values:
            yield f"{values['defaultAirflowRepository']}:{values['defaultAirflowTag']}"


def _image_parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "repository" in value and "chart" not in value:
            yield value
        for item in value.values():
            yield from _image_parts(item)


def _prefix(changes: dict[str, Any]) -> str:
    found: str = changes.get("registry.prefix") or changes.get("registry", {}).get("prefix", "")
    return found


@every
def test_every_image_is_under_the_prefix(case: str) -> None:
    plan = plan_of(*CASES[case])
    folder = "/".join(part for part in (plan.outputs["registryLoginServer"], _prefix(CASES[case][1])) if part)
    assert [image for image in images_of(plan) if not image.startswith(f"{folder}/")] == []
    assert all(f"/{target}".startswith(f"/{_prefix(CASES[case][1])}") for target in plan.outputs["importedImages"])


@every
def test_no_pod_image_comes_from_outside_the_registry(case: str) -> None:
    plan = plan_of(*CASES[case])
    images = list(images_of(plan))
    assert len(images) >= 5
    assert all(image.startswith(f"{plan.outputs['registryLoginServer']}/") for image in images), images


@every
def test_every_image_that_pods_run_is_imported(case: str) -> None:
    plan = plan_of(*CASES[case])
    imported = {
        f"{resource.inputs.get('targetRepository', resource.inputs['sourceRepository'])}:{resource.inputs['tag']}"
        for resource in plan.resources
        if resource.type.endswith(":ImageImport")
    }
    run = {image.partition("/")[2].partition("@")[0] for image in images_of(plan)}
    prefix = f"{found}/" if (found := _prefix(CASES[case][1])) else ""
    customized = {f"{prefix}{image['repository']}:{image['tag']}" for image in at(CASES[case][1], "airflow.image")}
    assert run - imported == customized


@every
def test_nothing_is_imported_that_no_pod_runs(case: str) -> None:
    plan = plan_of(*CASES[case])
    run = {image.partition("/")[2].partition("@")[0] for image in images_of(plan)}
    assert set(plan.outputs["importedImages"]) <= run


@every
def test_digest_is_null_where_the_registry_cannot_be_read(case: str) -> None:
    assert set(plan_of(*CASES[case]).outputs["importedImages"].values()) == {None}
