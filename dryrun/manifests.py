"""Charts and manifests of a plan in the forms that Helm and kubectl read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import yaml

from .plan import Resource

# These keys come first, the others follow in alphabetical order, because Pulumi's requests do not keep the program's
# order.
_FIRST: Final = ("apiVersion", "kind", "metadata", "name", "namespace")


def describe_chart(installed: Resource) -> dict[str, Any]:
    """Describe the chart of a Helm release, or a chart that the program renders to manifests.

    A rendered chart without a namespace contains objects of the whole cluster. Its release name is its logical name.
    """
    inputs = installed.inputs
    registry, _, name = inputs["chart"].rpartition("/")
    return {
        "name": name,
        "repository": registry or inputs["repositoryOpts"]["repo"],
        "version": inputs["version"],
        "namespace": inputs.get("namespace"),
        "releaseName": installed.outputs.get("name", installed.name),
    }


def build_manifest(resource: Resource) -> dict[str, Any]:
    """Return a Kubernetes object as kubectl reads it, with the name that Pulumi generates if the program sets none."""
    metadata = {**resource.inputs.get("metadata", {}), "name": resource.outputs["metadata"]["name"]}
    return {**resource.inputs, "metadata": metadata}


def dump_yaml(content: Any) -> str:
    """Return YAML with keys in a fixed order, multi-line strings as blocks, and no anchors."""
    return yaml.dump(_sort_keys(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def _sort_keys(value: Any) -> Any:
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (_FIRST.index(key) if key in _FIRST else len(_FIRST), str(key)))
        return {key: _sort_keys(value[key]) for key in keys}
    return [_sort_keys(item) for item in value] if isinstance(value, list | tuple) else value


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, and repeats equal values instead of writing anchors and aliases."""

    def ignore_aliases(self, _: Any) -> bool:
        """Write no anchors and aliases."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists like mappings."""
        super().increase_indent(flow, False)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent_text)
