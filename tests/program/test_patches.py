"""Several pinned patches of a release line, of which each stack runs one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from components.settings.pins import load_pins
from dryrun.plan import Plan
from tests.plans import PINS_FILE, changed, plan_of, recorded, shipped

AIRFLOW = "docker.io/apache/airflow"
SOAKING = {
    "3.3.3": {"source": AIRFLOW, "tag": "3.3.3"},
    "3.3.4": {"source": AIRFLOW, "tag": "3.3.4-python3.12", "digest": f"sha256:{'4' * 64}"},
    "3.3.1": {"source": "registry.example.com/team/airflow", "tag": "3.3.1"},
}


def pins_with(folder: Path, patches: Any) -> Path:
    content = yaml.safe_load(PINS_FILE.read_text(encoding="utf-8"))
    content["airflow"]["3.3"]["patches"] = patches
    file = folder / "pins.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def pins_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pins_with(tmp_path_factory.mktemp("pins"), SOAKING)


def plan(pins_file: Path, changes: dict[str, Any]) -> Plan:
    return recorded("dev", changed(shipped("dev"), changes), pins_file)


@pytest.mark.parametrize(
    ("patch", "image"),
    [
        ("3.3.1", "team/airflow:3.3.1"),
        ("3.3.3", "apache/airflow:3.3.3"),
        ("3.3.4", f"apache/airflow:3.3.4-python3.12@{SOAKING['3.3.4']['digest']}"),
    ],
)
def test_everything_follows_the_patch(pins_file: Path, patch: str, image: str) -> None:
    found = plan(pins_file, {"airflow.patch": patch})
    assert found.outputs["airflowVersion"] == patch
    values = found.one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]
    assert values["airflowVersion"] == patch
    assert f"{values['defaultAirflowRepository']}:{values['defaultAirflowTag']}".endswith(f"/{image}")
    for job in found.all("kubernetes:batch/v1:Job"):
        (container,) = job.inputs["spec"]["template"]["spec"]["containers"]
        assert container["image"].endswith(f"/{image}")
    imported = {one.inputs["tag"] for one in found.resources if one.type.endswith(":ImageImport")}
    assert SOAKING[patch]["tag"] in imported
    assert not imported & ({"3.3.2", *(one["tag"] for one in SOAKING.values())} - {SOAKING[patch]["tag"]})


def test_a_stack_that_names_no_patch_runs_the_lines_own(pins_file: Path) -> None:
    assert plan(pins_file, {}).resources == plan_of("dev").resources


def test_the_lines_own_version_may_be_named(pins_file: Path) -> None:
    assert plan(pins_file, {"airflow.patch": "3.3.2"}).resources == plan_of("dev").resources


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"airflow.patch": "3.3.9"}, "3.3: 3.3.2, 3.3.3, 3.3.4, 3.3.1 (is '3.3.9')"),
        ({"airflow.patch": "2.9.3"}, "3.3: 3.3.2, 3.3.3, 3.3.4, 3.3.1 (is '2.9.3')"),
        ({"airflow.patch": "3.3.3", "airflow.release": "2.9"}, "2.9: 2.9.3 (is '3.3.3')"),
    ],
)
def test_a_patch_that_is_not_pinned_names_those_that_are(pins_file: Path, changes: Any, words: str) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        plan(pins_file, {**changes, "cluster.tier": "Gold"})
    message = str(caught.value)
    assert message.count(f"airflow-aks:airflow.patch: must be a version that charts/pins.yaml has for {words}") == 1
    assert "airflow-aks:cluster.tier: must be one of" in message


@pytest.mark.parametrize("patch", ["", "latest", "v3.3.3"])
def test_what_is_no_version_is_refused(patch: str) -> None:
    with pytest.raises(pulumi.RunError, match=r"airflow-aks:airflow\.patch"):
        recorded("dev", changed(shipped("dev"), {"airflow.patch": patch}), PINS_FILE)


@pytest.mark.parametrize(
    ("patches", "words"),
    [
        ({"3.3.3": {"source": AIRFLOW, "tag": "3.3.4"}}, "the tag of '3.3.3' must be that version (is '3.3.4')"),
        ({"3.3.2": {"source": AIRFLOW, "tag": "3.3.2"}}, "'3.3.2' is images.airflow already"),
        ({"2.9.2": {"source": AIRFLOW, "tag": "2.9.2"}}, "'2.9.2' belongs to another release line than '3.3.2'"),
        ({"3.3.3": {"source": AIRFLOW}}, 'patches."3.3.3".tag: is required'),
        ({"3.3.3": {"source": "airflow", "tag": "3.3.3"}}, 'patches."3.3.3".source: must be a registry'),
    ],
)
def test_a_wrong_patch_is_named_by_its_path(tmp_path: Path, patches: Any, words: str) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        load_pins(pins_with(tmp_path, patches))
    assert 'airflow."3.3".patches' in str(caught.value)
    assert words in str(caught.value)
