"""charts/durations.yaml: every figure has a source and a date, or is an estimate with a reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from dryrun.arm_paths import ARM_PATHS
from dryrun.duration_reader import DURATIONS_FILE, Durations, load_durations
from dryrun.plan import Resource
from tests.cases import EVERY
from tests.dryrun.small_plan import resource
from tests.plans import planned

pytestmark = pytest.mark.usefixtures("untraced")

RELEASE = "kubernetes:helm.sh/v3:Release"


def changed(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> Durations:
    """The shipped figures with a change."""
    content = yaml.safe_load(DURATIONS_FILE.read_text(encoding="utf-8"))
    change(content)
    file = tmp_path / "durations.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return load_durations(file)


def release(chart: str) -> Resource:
    return resource(RELEASE, "release", inputs={"chart": chart})


@pytest.mark.parametrize("name", EVERY)
def test_every_type_of_every_plan_has_a_duration(name: str) -> None:
    durations = load_durations()
    made = {each.type: each for each in planned(name).resources if not each.type.startswith("airflow-aks:")}
    assert [type_ for type_, each in sorted(made.items()) if durations.find(each) is None] == []


def test_every_azure_type_that_the_simulation_knows_has_a_duration() -> None:
    durations = load_durations()
    kinds = [f"azure-native:{kind}" for kind in ARM_PATHS]
    assert [kind for kind in kinds if durations.find(resource(kind, "x")) is None] == []


def test_every_source_is_used() -> None:
    durations = load_durations()
    assert {each.source for each in durations.durations if each.source} == set(durations.sources)


def test_origin_of_a_figure_names_its_source_and_the_date() -> None:
    durations = load_durations()
    cluster = durations.find(resource("azure-native:containerservice:ManagedCluster", "x"))
    assert cluster is not None
    assert cluster.source is not None
    source = durations.sources[cluster.source]
    assert durations.explain(cluster) == f"{source.title}, read {source.read.isoformat()}"


def test_origin_of_an_estimate_says_that_it_is_one() -> None:
    durations = load_durations()
    airflow = durations.find(release("airflow"))
    assert airflow is not None
    assert durations.explain(airflow).startswith("Estimate. ")


def test_charts_have_times_of_their_own() -> None:
    durations = load_durations()
    airflow, gateway, operator = map(
        durations.find, map(release, ("airflow", "oci://a/gateway-helm", "external-secrets"))
    )
    assert airflow is not None
    assert gateway is operator is not None
    assert airflow.seconds > gateway.seconds


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content["durations"][0].pop("source"), "durations.0: needs a source, or `measured: false`"),
        (lambda content: content["durations"][0].update(measured=False), "durations.0: is an estimate, which needs a"),
        (lambda content: content["durations"][0].pop("seconds"), "durations.0.seconds: is required"),
        (lambda content: content["durations"].append(content["durations"][0]), "ManagedCluster has two times"),
        (lambda content: content["sources"].pop("gridMeter"), "unknown sources: gridMeter"),
        (lambda content: content["sources"]["agones"].pop("read"), "sources.agones.read: is required"),
        (lambda content: content["sources"]["agones"].pop("url"), "sources.agones.url: is required"),
        (lambda content: content["sources"]["agones"].update(title=""), "sources.agones.title: "),
        (lambda content: content["sources"]["agones"].update(url="a book"), "sources.agones.url: "),
    ],
)
def test_figure_without_its_source_is_refused(
    change: Callable[[dict[str, Any]], object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        changed(tmp_path, change)
    assert message in str(refused.value)
