"""Charts and manifests of a plan, as Helm and kubectl take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import yaml

from .plan import Resource

# Keys that say what a thing is stand before the others, which follow by the alphabet: the wire keeps no order.
_FIRST: Final = ("apiVersion", "kind", "metadata", "name", "namespace")


def chart_of(release: Resource) -> dict[str, Any]:
    """Which chart a release installs, and where."""
    return {
        "name": release.inputs["chart"],
        "repository": release.inputs["repositoryOpts"]["repo"],
        "version": release.inputs["version"],
        "namespace": release.inputs["namespace"],
        "releaseName": release.outputs["name"],
    }


def manifest_of(resource: Resource) -> dict[str, Any]:
    """A Kubernetes object as kubectl takes it, without what only Pulumi reads."""
    metadata = {**resource.inputs.get("metadata", {}), "name": resource.outputs["metadata"]["name"]}
    return {**resource.inputs, "metadata": metadata}


def as_yaml(content: Any) -> str:
    """YAML to read: keys in a fixed order, texts of several lines as blocks, no anchors."""
    return yaml.dump(_ordered(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (_FIRST.index(key) if key in _FIRST else len(_FIRST), str(key)))
        return {key: _ordered(value[key]) for key in keys}
    return [_ordered(item) for item in value] if isinstance(value, list | tuple) else value


class _Dumper(yaml.SafeDumper):
    """Lists below their key are indented, and nothing refers back to what stood before."""

    def ignore_aliases(self, _: Any) -> bool:
        """Never refer back."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists, too."""
        super().increase_indent(flow, False)


def _block_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _block_text)
