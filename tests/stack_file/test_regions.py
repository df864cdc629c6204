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
