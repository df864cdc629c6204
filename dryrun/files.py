"""Writes what a dry run found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .kubernetes import as_yaml, chart_of, manifest_of
from .page import plan_page
from .plan import Plan

# What a dry run writes, and therefore what it may clear away before it writes anew.
_FILES = ("resources.json", "outputs.json", "plan.html")
_FOLDERS = ("helm", "manifests")


def write_plan(plan: Plan, folder: Path) -> None:
    """Write the plan's files; those of an earlier run go, and nothing else in the folder is touched.

    Raises:
        OSError: when the folder cannot be written.

    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        (folder / name).unlink(missing_ok=True)
    for name in _FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    _write_json(folder / "resources.json", [resource.as_json() for resource in plan.resources])
    _write_json(folder / "outputs.json", plan.outputs)
    for release in plan.releases:
        target = folder / "helm" / str(release.outputs["name"])
        _write_json(target / "chart.json", chart_of(release))
        _write_yaml(target / "values.yaml", release.inputs.get("values", {}))
    for resource in plan.manifests:
        manifest = manifest_of(resource)
        _write_yaml(folder / "manifests" / f"{manifest['kind']}-{manifest['metadata']['name']}.yaml", manifest)
    (folder / "plan.html").write_text(plan_page(plan), encoding="utf-8")


def write_simulated_secrets(plan: Plan, file: Path) -> None:
    """Write what the simulated Key Vault holds, name to value, for tests that follow a secret into a container."""
    _write_json(file, plan.vault)


def _write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_yaml(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_yaml(content), encoding="utf-8")
