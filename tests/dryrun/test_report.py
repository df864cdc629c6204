"""Tests the terminal summary: short, literal, equal for equal plans."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dryrun.plan import Plan
from dryrun.report import print_summary
from dryrun.words import describe_type, pluralize
from tests.dryrun.small_plan import component, resource, small_plan, with_warnings
from tests.plans import plan_of, planned
from tests.pod_cluster_cases import POD_CLUSTER

pytestmark = pytest.mark.usefixtures("untraced")

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def a_plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")


def summary(plan: Plan, capsys: Capture, out: Path | None = None) -> str:
    print_summary(plan, out)
    return capsys.readouterr().out


def test_the_summary_begins_with_project_and_stack(capsys: Capture) -> None:
    lines = summary(small_plan(), capsys).splitlines()
    assert lines[0] == "airflow-aks test, dry run: nothing was created"
    assert lines[1].startswith("canadacentral, Airflow 3.3.2")


def test_every_component_says_what_it_makes_in_plain_words(capsys: Capture) -> None:
    said = summary(small_plan(), capsys)
    assert "  cluster               AKS cluster, node pool\n" in said
    assert "  airflow-database      job\n" in said


def test_what_stands_in_a_nested_component_counts_for_its_parent(capsys: Capture) -> None:
    assert "  key-vault             Key Vault, private endpoint\n" in summary(small_plan(), capsys)


def test_components_stand_in_groups_in_the_order_of_the_architecture(capsys: Capture) -> None:
    lines = summary(small_plan(), capsys).splitlines()
    assert [line for line in lines if line in ("Azure", "Kubernetes", "Airflow")] == ["Azure", "Kubernetes", "Airflow"]


def test_releases_stand_with_chart_version_and_namespace(capsys: Capture) -> None:
    assert "  airflow               chart airflow 1.22.0 in airflow\n" in summary(small_plan(), capsys)


def test_images_stand_with_their_source(capsys: Capture) -> None:
    assert "  airflow               docker.io/apache/airflow 3.3.2\n" in summary(small_plan(), capsys)


def test_protected_resources_are_named_by_kind(capsys: Capture) -> None:
    assert "  refuses deletion      container registry\n" in summary(small_plan(), capsys)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (
            "access-label",
            "https://my-airflow.canadacentral.cloudapp.azure.com, from anywhere, through a public gateway",
        ),
        ("access-host", "https://airflow.example.com, from 2 ranges, through a public gateway"),
        ("access-internal", "https://airflow.example.com, from the virtual network, through an internal gateway"),
        ("prod", "nothing is reachable from outside, a port-forward leads to the UI: output connectCommand"),
    ],
)
def test_the_way_in_says_who_can_reach_the_ui(
    case: str, words: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert f"  way in                {words}\n" in summary(planned(case), capsys)


def test_a_plan_without_protection_says_so(capsys: Capture) -> None:
    assert "nothing: protectData is off" in summary(small_plan(protect=False), capsys)


def test_warnings_stand_with_their_path_in_the_stack_file(capsys: Capture) -> None:
    said = summary(with_warnings("airflow-aks:logs.redundancy: keeps all copies in one zone"), capsys)
    assert "1 warning\n  airflow-aks:logs.redundancy: keeps all copies in one zone\n" in said


def test_a_plan_without_warnings_says_no_warnings(capsys: Capture) -> None:
    assert "No warnings\n" in summary(small_plan(), capsys)


def test_markup_in_a_value_is_printed_literally(capsys: Capture) -> None:
    said = summary(with_warnings("airflow-aks:cluster.pools[0].name: [bold]loud[/bold] :warning: [/nothing]"), capsys)
    assert "airflow-aks:cluster.pools[0].name: [bold]loud[/bold] :warning: [/nothing]" in said


def test_control_characters_of_a_value_do_not_reach_the_terminal(capsys: Capture) -> None:
    assert "\x1b" not in summary(with_warnings("airflow-aks:dags.git: \x1b[31mred"), capsys)


def test_output_that_is_no_terminal_has_no_color_codes(capsys: Capture) -> None:
    assert "\x1b" not in summary(small_plan(), capsys)


def test_the_summary_says_where_the_files_are_on_one_line(capsys: Capture) -> None:
    folder = Path("build") / ("deep" * 30)
    assert f"Files in {folder}; open {folder / 'plan.html'} in a browser\n" in summary(small_plan(), capsys, folder)


def test_without_a_folder_the_summary_says_how_to_get_files(capsys: Capture) -> None:
    assert "--out DIR" in summary(small_plan(), capsys)


def test_secrets_are_counted_and_not_shown(capsys: Capture) -> None:
    said = summary(small_plan(), capsys)
    assert "4 stack outputs, 1 secret\n" in said
    assert "shown-anywhere" not in said


def test_two_summaries_are_the_same(capsys: Capture) -> None:
    assert summary(small_plan(), capsys) == summary(small_plan(), capsys)


@pytest.mark.parametrize("columns", [80, 120])
def test_no_line_of_the_lists_is_wider_than_the_terminal(
    columns: int, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    plan = small_plan()
    kinds = [resource(f"a:b:SomethingOfKind{letter}", letter, plan.resources[1].urn) for letter in "ABCDEFGHIJ"]
    said = summary(replace(plan, resources=(*plan.resources, *kinds)), capsys)
    assert max(map(len, said.splitlines())) <= columns


def test_a_long_component_name_gets_a_line_of_its_own(capsys: Capture) -> None:
    plan = small_plan()
    long = component("azure:Other", "a-component-with-a-rather-long-name")
    said = summary(replace(plan, resources=(*plan.resources, long)), capsys)
    assert f"  {long.name} \n{' ' * 24}nothing in this stack\n" in said


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        ("azure-native:network:VirtualNetwork", "virtual network"),
        ("azure-native:network:PublicIPAddress", "public IP address"),
        ("azure-native:network:NatGateway", "NAT gateway"),
        ("azure-native:network:PrivateDnsZoneGroup", "private DNS zone group"),
        ("azure-native:keyvault:Secret", "Key Vault secret"),
        ("kubernetes:networking.k8s.io/v1:NetworkPolicy", "network policy"),
        ("kubernetes:helm.sh/v3:Release", "Helm release"),
        ("pulumi-python:dynamic/airflow-aks:ImageImport", "image import"),
        ("random:index/randomPassword:RandomPassword", "random password"),
    ],
)
def test_types_have_plain_words(type_: str, words: str) -> None:
    assert describe_type(type_) == words


@pytest.mark.parametrize(
    ("number", "noun", "words"),
    [
        (1, "subnet", "1 subnet"),
        (4, "subnet", "4 subnets"),
        (2, "network policy", "2 network policies"),
        (2, "NAT gateway", "2 NAT gateways"),
        (3, "public IP address", "3 public IP addresses"),
        (0, "warning", "0 warnings"),
    ],
)
def test_numbers_agree_with_nouns(number: int, noun: str, words: str) -> None:
    assert pluralize(number, noun) == words


def test_a_stack_without_airflow_says_so(capsys: Capture) -> None:
    said = summary(plan_of("dev", POD_CLUSTER), capsys)
    assert said.splitlines()[1].startswith("canadacentral, without Airflow")
    assert "  gpu-plugin            namespace, network policy, daemon set\n" in said
    assert "Helm releases" not in said
    assert "way in" not in said
    assert "nvcr.io/nvidia/k8s-device-plugin" in said


def test_a_stack_in_subnets_of_others_says_so_and_how_it_gets_out(capsys: Capture) -> None:
    for case, way_out in (("existing-network", "route table"), ("isolated-network", "way of yours")):
        lines = [" ".join(line.split()) for line in summary(planned(case), capsys).splitlines()]
        assert f"network subnets of others, out through a {way_out}" in lines
