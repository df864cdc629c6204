"""What Renovate must find in a file of pins, read from the file as YAML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml


def walk(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every chart and every image below a node, with its path."""
    if "source" in node or "repository" in node:
        yield path, node
        return
    for key, value in node.items():
        if isinstance(value, dict):
            yield from walk(value, (*path, str(key)))


def expect(text: str) -> dict[str, dict[str, str]]:
    """Return what the custom managers must find in a file of pins."""
    return {".".join(path): _expect(path, node) for path, node in walk(yaml.safe_load(text))}


def _expect(path: tuple[str, ...], node: dict[str, str]) -> dict[str, str]:
    about = {
        "depType": " ".join(path[:2]) if path[0] == "airflow" else path[0],
        "currentValue": str(node["tag"] if "source" in node else node["version"]),
    }
    if "source" in node:
        about |= {"datasource": "docker", "packageName": node["source"], "currentDigest": node.get("digest", "")}
    elif node["repository"].startswith("oci://"):
        package = f"{node['repository'].removeprefix('oci://')}/{node['name']}"
        about |= {"datasource": "docker", "packageName": package}
    else:
        about |= {"datasource": "helm", "packageName": node["name"], "currentDigest": node.get("sha256", "")}
        about |= {"registryUrl": node["repository"]}
    return {key: value for key, value in about.items() if value}
