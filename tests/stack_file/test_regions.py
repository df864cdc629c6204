"""Regions and clouds: a stack stands in the public one."""

from __future__ import annotations

import pytest

from tests.stack_file.test_bad_input import problems


@pytest.mark.parametrize(
    "region",
    [
        "usgovvirginia",
        "usgovarizona",
        "usdodeast",
        "chinanorth3",
        "chinaeast2",
        "US Gov Texas",
        "China North",
        "ussecwest",
        "germanynortheast",
    ],
)
def test_region_of_another_cloud_is_refused(region: str) -> None:
    (problem,) = problems({"azure-native:location": region})
    assert problem.path == "azure-native:location"
    assert "must be a region of Azure's public cloud" in problem.message


@pytest.mark.parametrize("cloud", ["usgovernment", "china", "german", "AzureUSGovernment"])
def test_another_cloud_is_refused(cloud: str) -> None:
    (problem,) = problems({"azure-native:environment": cloud})
    assert problem.path == "azure-native:environment"
    assert "must be public, or left out: other clouds are not supported" in problem.message


@pytest.mark.parametrize("cloud", ["public", "", None])
def test_public_cloud_is_accepted(cloud: str | None) -> None:
    assert problems({"azure-native:environment": cloud}) == []


@pytest.mark.parametrize(
    ("variable", "cloud"),
    [
        ("ARM_ENVIRONMENT", "usgovernment"),
        ("ARM_ENVIRONMENT", "china"),
        ("AZURE_ENVIRONMENT", "AzureUSGovernment"),
        ("AZURE_ENVIRONMENT", "AzureUSGovernmentCloud"),
        ("AZURE_ENVIRONMENT", "AzureChinaCloud"),
        ("AZURE_ENVIRONMENT", "AZURE_US_GOVERNMENT"),
    ],
)
def test_another_cloud_by_a_variable_of_the_provider_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, cloud: str
) -> None:
    monkeypatch.setenv(variable, cloud)
    (problem,) = problems({})
    assert problem.path == "azure-native:environment"
    assert f"is {cloud!r} by the environment variable {variable}: unset the variable" in problem.message


def test_the_config_overrides_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARM_ENVIRONMENT", "usgovernment")
    assert problems({"azure-native:environment": "public"}) == []


def test_the_first_variable_overrides_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARM_ENVIRONMENT", "public")
    monkeypatch.setenv("AZURE_ENVIRONMENT", "AzureChinaCloud")
    assert problems({}) == []


@pytest.mark.parametrize("cloud", ["public", "Public", "AzureCloud", "AzurePublicCloud", "production", ""])
def test_every_other_value_of_a_variable_means_the_public_cloud(monkeypatch: pytest.MonkeyPatch, cloud: str) -> None:
    monkeypatch.setenv("AZURE_ENVIRONMENT", cloud)
    assert problems({}) == []


def test_metadata_of_another_cloud_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    (problem,) = problems({"azure-native:metadataHost": "management.usgovcloudapi.net"})
    assert problem.path == "azure-native:metadataHost"
    assert "must be left out" in problem.message
    monkeypatch.setenv("ARM_METADATA_HOSTNAME", "management.chinacloudapi.cn")
    (problem,) = problems({})
    assert "(is 'management.chinacloudapi.cn' by the environment variable ARM_METADATA_HOSTNAME)" in problem.message


@pytest.mark.parametrize("host", ["management.azure.com", "https://management.azure.com/", None])
def test_metadata_of_the_public_cloud_is_accepted(host: str | None) -> None:
    assert problems({"azure-native:metadataHost": host}) == []


@pytest.mark.parametrize("region", ["canadacentral", "germanywestcentral", "eastus2", "usa", "indiasouthcentral"])
def test_region_of_the_public_cloud_is_accepted(region: str) -> None:
    assert problems({"azure-native:location": region}) == []


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("West Europe", "for example westeurope"),
        ("true", "must be a region's short name"),
        ("5", "must be a region's short name"),
        ("\u00e4", "for example canadacentral"),
        ("canada-central", "for example canadacentral"),
    ],
)
def test_region_is_a_short_name(region: str, words: str) -> None:
    (problem,) = problems({"azure-native:location": region})
    assert words in problem.message
