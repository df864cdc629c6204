"""The picture of a stack without Airflow, and of namespaces and GPUs beside Airflow."""

from __future__ import annotations

import pytest

from dryrun.picture.architecture import describe_architecture
from dryrun.picture.layout import lay_out
from dryrun.picture.mermaid import render_mermaid
from tests.dryrun.test_picture_of_operations import stands_in
from tests.plans import plan_of
from tests.pod_cluster_cases import GPU_POOL, POD_CLUSTER

pytestmark = pytest.mark.usefixtures("untraced")

BESIDE = {
    "cluster.pools": [{"name": "airflow", "maxNodes": 4}, {**GPU_POOL, "purpose": "other"}],
    "namespaces": ["jobs"],
}
each = pytest.mark.parametrize("changes", [POD_CLUSTER, BESIDE], ids=["without Airflow", "beside Airflow"])
KEYS = ("elsewhere:pod-namespaces", "elsewhere:gpu-plugin")


@each
def test_namespaces_and_plugin_stand_in_the_cluster_and_in_no_namespace_of_airflow(changes: dict[str, object]) -> None:
    picture = lay_out(describe_architecture(plan_of("dev", changes)))
    frames = {frame.key: frame for frame in picture.frames}
    for box in (box for box in picture.boxes if box.key in KEYS):
        inside = [key for key, frame in frames.items() if stands_in(box, frame)]
        assert inside == ["group", "network", "cluster"]
    assert {box.key for box in picture.boxes} >= set(KEYS)


def test_boxes_name_the_namespaces_and_the_plugins_version() -> None:
    boxes = describe_architecture(plan_of("dev", POD_CLUSTER)).boxes
    assert boxes[KEYS[0]].lines == ("in 2 namespaces", "jobs, training")
    assert boxes[KEYS[1]].lines == ("NVIDIA's device plugin", "v0.20.0", "on each node with GPUs")


def test_a_stack_without_airflow_has_the_boxes_of_what_it_has() -> None:
    content = describe_architecture(plan_of("dev", POD_CLUSTER))
    assert set(content.boxes) == {*KEYS, "images", "registry", "sources"}
    assert "Airflow" not in render_mermaid(content)
