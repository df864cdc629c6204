"""Tests where the rules for replacements come from."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Any

import pytest
import yaml

from dryrun.arm_paths import ARM_PATHS
from dryrun.comparison import create_only
from dryrun.comparison.create_only import list_create_only, list_path_properties, read_provider, read_schema
from tests.engine.sdk_types import _arguments, _properties

GROUP_IN_PATH = ("/", "{scope", "{resourceUri")


def test_the_list_is_of_the_installed_provider() -> None:
    assert read_provider() == f"azure-native {version('pulumi-azure-native')}"


def test_every_type_that_the_simulation_knows_is_in_the_list() -> None:
    content = yaml.safe_load(create_only._FILE.read_text(encoding="utf-8"))
    assert list(content["types"]) == sorted(ARM_PATHS)


@pytest.mark.parametrize("kind", sorted(ARM_PATHS))
def test_the_sdk_names_the_properties_of_the_path(kind: str) -> None:
    path = ARM_PATHS[kind]
    expected = set(re.findall(r"{(\w+)}", path)) - {"subscription"}
    if not path.startswith(GROUP_IN_PATH):
        expected.add("resourceGroupName")
    assert list_path_properties(kind) == expected


@pytest.mark.parametrize("kind", [kind for kind in sorted(ARM_PATHS) if list_create_only(kind)])
def test_the_sdk_has_every_property_of_the_list(kind: str) -> None:
    for path in list_create_only(kind):
        arguments: Any = _arguments(f"azure-native:{kind}")
        for name in path.split("."):
            options, _ = _properties(arguments)[name]
            arguments = next((option for option in options if getattr(option, "__name__", "").endswith("Args")), None)


def test_a_type_that_the_sdk_does_not_have_has_no_path() -> None:
    assert list_path_properties("network:Nothing") == frozenset()


def test_marks_of_a_schema_are_read_from_types_too() -> None:
    resources: dict[str, Any] = {f"azure-native:{kind}": {"inputProperties": {}} for kind in ARM_PATHS}
    resources["azure-native:containerservice:ManagedCluster"]["inputProperties"] = {
        "location": {"type": "string", "willReplaceOnChanges": True},
        "resourceName": {"type": "string", "willReplaceOnChanges": True},
        "networkProfile": {"$ref": "#/types/azure-native:containerservice:Profile"},
    }
    profile = {
        "podCidr": {"willReplaceOnChanges": True},
        "loadBalancerSku": {},
        "again": {"$ref": "#/types/azure-native:containerservice:Profile"},
    }
    schema = {"resources": resources, "types": {"azure-native:containerservice:Profile": {"properties": profile}}}
    found = read_schema(schema)
    assert found.pop("containerservice:ManagedCluster") == ["location", "networkProfile.podCidr"]
    assert {tuple(paths) for paths in found.values()} == {()}


def test_the_file_is_rewritten_below_its_comment(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    file = tmp_path / "create_only.yaml"
    file.write_text("# Where it is from.\nprovider: azure-native 1.0.0\ntypes: {}\n")
    monkeypatch.setattr(create_only, "_FILE", file)
    schema = tmp_path / "schema.json"
    resources = {f"azure-native:{kind}": {"inputProperties": {}} for kind in ARM_PATHS}
    schema.write_text(json.dumps({"version": "9.9.9", "resources": resources, "types": {}}))
    create_only.main(schema)
    text = file.read_text()
    assert text.startswith("# Where it is from.\nprovider: azure-native 9.9.9\n")
    assert list(yaml.safe_load(text)["types"]) == sorted(ARM_PATHS)
