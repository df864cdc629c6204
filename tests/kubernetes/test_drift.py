"""What brings back what others changed in the cluster."""

from __future__ import annotations

import pytest

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
