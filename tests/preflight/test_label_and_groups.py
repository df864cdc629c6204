"""The DNS label and the stack's own resource groups."""

from __future__ import annotations

import pytest

from components.preflight.findings import Status

from .azure_answers import LOCATION
from .fake_azure import FakeAzure
from .situations import deploy, only_problem, problems, result_of, situation
from .test_names import LABEL, NAMES


def test_stack_without_a_label_asks_nothing(azure: FakeAzure) -> None:
    assert result_of("DNS label", situation(azure)).status is Status.OK
    assert azure.asked("label") == []


def test_free_label_passes(azure: FakeAzure) -> None:
    assert result_of("DNS label", situation(azure, "dev", LABEL)).status is Status.OK
    (request,) = azure.asked("label")
    assert "domainNameLabel=my-airflow" in str(request.url)


def test_label_of_somebody_else_is_refused(azure: FakeAzure) -> None:
    azure.answers["label"] = {"available": False}
    text = only_problem(result_of("DNS label", situation(azure, "dev", LABEL)), Status.FAILURE)
    assert text.startswith("failure airflow-aks:access.dnsLabel: my-airflow.canadacentral.cloudapp.azure.com is taken")


@pytest.mark.parametrize(("label", "status"), [("my-airflow", Status.OK), ("older-name", Status.FAILURE)])
def test_label_of_the_stacks_own_address_is_no_problem(azure: FakeAzure, label: str, status: Status) -> None:
    azure.answers["label"] = {"available": False}
    azure.answers["address"] = {"properties": {"dnsSettings": {"domainNameLabel": label, "fqdn": "..."}}}
    deploy(azure, "dev", ("Microsoft.Network/publicIPAddresses", NAMES.gateway_address))
    assert result_of("DNS label", situation(azure, "dev", LABEL)).status is status


def test_stack_that_is_not_there_has_free_groups(azure: FakeAzure) -> None:
    result = result_of("resource groups", situation(azure))
    assert [finding.message for finding in result.findings] == ["rg-airflow-dev is free"]


def test_stack_that_was_deployed_before_is_told_by_its_tags(azure: FakeAzure) -> None:
    deploy(azure, "dev", ("Microsoft.ContainerService/managedClusters", NAMES.cluster))
    azure.by_path[f"/resourceGroups/{NAMES.node_resource_group}"] = {"location": LOCATION}
    result = result_of("resource groups", situation(azure))
    assert result.status is Status.OK, problems(result)
    assert "was deployed before" in result.findings[0].message


def test_group_of_somebody_else_is_refused(azure: FakeAzure) -> None:
    azure.by_path[f"/resourceGroups/{NAMES.resource_group}"] = {"location": LOCATION, "tags": {"owner": "bob"}}
    text = only_problem(result_of("resource groups", situation(azure)), Status.FAILURE)
    assert "rg-airflow-dev exists, without the tags project=airflow-aks and stack=dev" in text


def test_stack_in_another_region_is_refused(azure: FakeAzure) -> None:
    deploy(azure)
    azure.by_path[f"/resourceGroups/{NAMES.resource_group}"]["location"] = "eastus"
    text = only_problem(result_of("resource groups", situation(azure)), Status.FAILURE)
    assert text.startswith("failure azure-native:location: rg-airflow-dev is in eastus")


def test_group_of_the_nodes_must_not_exist_before_the_cluster(azure: FakeAzure) -> None:
    azure.by_path[f"/resourceGroups/{NAMES.node_resource_group}"] = {"location": LOCATION}
    text = only_problem(result_of("resource groups", situation(azure)), Status.FAILURE)
    assert "rg-airflow-dev-nodes exists" in text
