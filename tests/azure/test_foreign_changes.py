"""The list of what others own: every entry is a real property, applied to every resource of its type, and explained."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pulumi import _types

from components.azure.foreign_properties import FOREIGN
from tests.cases import SELECTORS
from tests.plans import ROOT, plan_of

# Together they have a resource of every type in the list.
PLANS = (*(("prod", SELECTORS[name]) for name in ("celery-executor", "logs-premium", "access-label")), ("dev", {}))
ENTRIES = [(kind, path, entry) for kind, entries in FOREIGN.items() for entry in entries for path in entry.paths]


def arguments_of(kind: str) -> type:
    """The SDK's class of a type's inputs."""
    module, name = kind.split(":")
    package = importlib.import_module(f"pulumi_azure_native.{module}")
    found = getattr(package, f"{name}InitArgs", None) or getattr(package, f"{name}Args")
    assert isinstance(found, type)
    return found


def nested_in(cls: type, name: str) -> type | None:
    """The class of a nested mapping or of a list's entries; None for anything else."""
    python = next(py for py, wire in _types.input_type_py_to_pulumi_names(cls).items() if wire == name)
    package = importlib.import_module(cls.__module__.removesuffix("._inputs").rpartition(".")[0])
    if cls.__module__.endswith("._inputs"):
        package = importlib.import_module(cls.__module__.rpartition(".")[0])
    annotation = str(inspect.signature(cls.__init__).parameters[python].annotation)
    for candidate in re.findall(r"\b(\w+Args)\b", annotation):
        found = getattr(package, candidate, None)
        if isinstance(found, type):
            return found
    return None


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, path, _ in ENTRIES])
def test_a_path_names_an_input_of_the_sdk(kind: str, path: str) -> None:
    cls: type | None = arguments_of(kind)
    for part in re.findall(r"[A-Za-z]+", path):
        if cls is None:
            assert path.startswith("addonProfiles."), f"nothing is nested where {path} says"
            return
        assert part in _types.input_type_py_to_pulumi_names(cls).values(), f"{cls.__name__} has no {part}"
        # Add-ons are a map, whose keys Azure chooses.
        cls = nested_in(cls, part) if part != "addonProfiles" else None


def azure_resources() -> Iterator[Any]:
    for stack, changes in PLANS:
        yield from (resource for resource in plan_of(stack, changes).resources if resource.type.startswith("azure-"))


def test_every_resource_of_a_type_ignores_its_properties() -> None:
    for kind, path, entry in ENTRIES:
        found = [resource for resource in azure_resources() if resource.type == f"azure-native:{kind}"]
        assert found, f"no plan has a {kind}"
        for resource in found:
            expected = resource.name not in entry.except_on and not (entry.if_unset and path in resource.inputs)
            assert (path in resource.ignore_changes) == expected, (resource.name, path)


def test_an_exception_names_a_resource_that_exists() -> None:
    names = {resource.name for resource in azure_resources()}
    assert {name for _, _, entry in ENTRIES for name in entry.except_on} <= names


def test_an_add_on_of_ours_is_still_ours_to_change() -> None:
    cluster = plan_of("prod", SELECTORS["secrets-csi"]).one("azure-native:containerservice:ManagedCluster")
    assert "addonProfiles" not in cluster.ignore_changes
    assert {"addonProfiles.azurepolicy", "addonProfiles.omsagent"} <= set(cluster.ignore_changes)


def test_a_change_of_windows_never_replaces_the_cluster() -> None:
    for stack in ("dev", "prod"):
        cluster = plan_of(stack).one("azure-native:containerservice:ManagedCluster")
        assert "windowsProfile" in cluster.ignore_changes


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("tag", ["CostCenter", "owner.team", "Created By", 'the "owner"', "größe"])
def test_an_ignored_tag_is_ignored_wherever_there_are_tags(stack: str, tag: str) -> None:
    path = 'tags["{}"]'.format(tag.replace('"', '\\"'))
    for resource in plan_of(stack, {"ignoredTags": [tag]}).resources:
        tagged = resource.type.startswith("azure-native:") and "tags" in resource.inputs
        assert (path in resource.ignore_changes) == tagged, resource.name


def test_no_tag_is_ignored_by_default() -> None:
    paths = {path for resource in azure_resources() for path in resource.ignore_changes}
    assert not [path for path in paths if path.startswith("tags[")]


def test_the_page_explains_every_entry_of_the_list() -> None:
    page = (ROOT / "docs" / "network.md").read_text(encoding="utf-8")
    section = page.partition("## What others own")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert len(rows) == sum(len(entries) for entries in FOREIGN.values())
    for kind, path, entry in ENTRIES:
        assert [row for row in rows if row.startswith(f"| `{kind}` |") and f"`{path}`" in row and entry.reason in row]
