"""What brings back what others changed in the cluster."""

from __future__ import annotations

from typing import Any, cast

import pulumi
import pytest
from pulumi import ResourceOptions, ResourceTransformationArgs

from components.azure.foreign_changes import leave_alone
from components.azure.tags import tag_everything
from components.kubernetes.undo_drift import reapply_releases, take_fields_back
from dryrun.plan import Plan, Resource
from tests.cases import CASES, STACKS
from tests.plans import plan_of

JOB = "kubernetes:batch/v1:Job"
RELEASE = "kubernetes:helm.sh/v3:Release"
# Components of the provider, which have children instead of metadata.
CHART = "kubernetes:helm.sh/v4:Chart"


def objects(plan: Plan) -> list[Resource]:
    others = (JOB, RELEASE, CHART)
    return [one for one in plan.resources if one.type.startswith("kubernetes:") and one.type not in others]


@pytest.mark.parametrize("case", CASES)
def test_every_object_of_the_program_takes_its_fields_back(case: str) -> None:
    found = objects(plan_of(*CASES[case]))
    assert found
    forced = [one for one in found if one.inputs["metadata"]["annotations"].get("pulumi.com/patchForce") == "true"]
    assert forced == found


def test_pod_templates_jobs_and_releases_are_not_annotated() -> None:
    plan = plan_of("dev", {"secrets.delivery": "csi"})
    for one in plan.resources:
        without = {**one.inputs, "metadata": {}} if one in objects(plan) else one.inputs
        assert "patchForce" not in str(without).replace("metadata.annotations['pulumi.com/patchForce']", "")


@pytest.mark.parametrize("stack", STACKS)
def test_zero_leaves_every_release_as_it_is(stack: str) -> None:
    plan = plan_of(stack, {"reapplyReleases": 0})
    assert [one.inputs for one in plan.resources] == [one.inputs for one in plan_of(stack).resources]
    assert not any("description" in release.inputs for release in plan.releases)


@pytest.mark.parametrize("stack", STACKS)
def test_count_changes_the_description_of_every_release_and_nothing_else(stack: str) -> None:
    before, after = plan_of(stack), plan_of(stack, {"reapplyReleases": 3})
    assert {release.inputs["description"] for release in after.releases} == {"airflow-aks:reapplyReleases is 3"}
    for old, new in zip(before.resources, after.resources, strict=True):
        assert old.inputs == {
            key: value for key, value in new.inputs.items() if key != "description" or old.type != RELEASE
        }


def test_a_resource_that_a_rendered_chart_made_passes_the_transformations(monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider returns it by its URN, and the SDK makes an object with no properties for it."""
    registered: list[Any] = []
    monkeypatch.setattr("pulumi.runtime.register_stack_transformation", registered.append)
    take_fields_back()
    reapply_releases(1)
    tag_everything({"project": "airflow-aks"})
    leave_alone(["policy"])
    assert len(registered) == 4
    for kind in ("apiextensions.k8s.io/v1:CustomResourceDefinition", "core/v1:ConfigMap"):
        options = ResourceOptions(urn=f"urn:pulumi:dev::airflow-aks::kubernetes:{kind}::one")
        given = ResourceTransformationArgs(
            resource=cast("pulumi.Resource", None),
            type_=f"kubernetes:{kind}",
            name="one",
            props={"metadata": None},
            opts=options,
        )
        assert [transform(given) for transform in registered] == [None, None, None, None]
