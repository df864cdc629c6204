"""The API versions that the installed SDK names, and the nodes' operating systems."""

from __future__ import annotations

import datetime
import inspect

import pytest
from pulumi_azure_native import keyvault

from components.azure.api_versions import find_api_version
from components.azure.node_images import node_image, os_sku


def test_the_version_is_that_of_the_class() -> None:
    found = find_api_version("keyvault:Vault")
    assert f"Uses Azure REST API version {found}." in inspect.getsource(keyvault.Vault)
    assert find_api_version("containerregistry:Registry") > datetime.date(2020, 1, 1)


@pytest.mark.parametrize("resource", ["keyvault:Valut", "keyvualt:Vault", "keyvault", ""])
def test_a_class_that_the_sdk_does_not_have_is_an_error(resource: str) -> None:
    with pytest.raises(LookupError, match="names no API version"):
        find_api_version(resource)


@pytest.mark.parametrize(
    ("gpu", "version", "image"),
    [
        (False, "1.31", "Azure Linux 2.0"),
        (False, "1.32", "Azure Linux 3.0"),
        (True, "1.34", "Ubuntu 22.04"),
        (True, "1.35", "Ubuntu 24.04"),
    ],
)
def test_the_version_of_kubernetes_decides_the_operating_system(gpu: bool, version: str, image: str) -> None:
    assert node_image(os_sku(gpu=gpu), version) == image
