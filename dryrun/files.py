"""Writes the files of a dry run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dryrun.picture.architecture import describe_architecture
from dryrun.picture.mermaid import render_mermaid

from .cost.costs import Costs, as_json
from .manifests import build_manifest, describe_chart, dump_yaml
from .page import render_page
from .plan import Plan, Resource

# The files and folders that a dry run writes. Before it writes new ones, it deletes these and nothing else.
_FILES = ("cost.json", "plan.json", "resources.json", "outputs.json", "plan.html", "plan.mmd")
_FOLDERS = ("helm", "manifests")
# The logical name of the provider for the stack's own cluster.
_OWN_CLUSTER = "kubernetes"


def write_plan(plan: Plan, folder: Path, costs: Costs | None = None) -> None:
    """Replace the files of an earlier dry run with those of this plan. Other files in the folder stay.

    `costs`: those of the plan, for cost.json and the page; None if there are no prices.

    Raises:
        OSError: the folder cannot be written.

    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        (folder / name).unlink(missing_ok=True)
    for name in _FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    about = {
        "project": plan.project,
        "stack": plan.stack,
        "warnings": list(plan.warnings),
        "componentOutputs": plan.component_outputs,
    }
    _write_json(folder / "plan.json", about)
    _write_json(folder / "resources.json", [resource.as_json() for resource in plan.resources])
    _write_json(folder / "outputs.json", plan.outputs)
    for release in (*plan.releases, *plan.rendered_charts):
        chart = describe_chart(release)
        target = folder / "helm" / str(chart["releaseName"])
        _write_json(target / "chart.json", chart)
        _write_yaml(target / "values.yaml", release.inputs.get("values", {}))
    for resource in plan.manifests:
        manifest = build_manifest(resource)
        target = folder / "manifests" / _folder_of_cluster(resource)
        _write_yaml(_find_free(target, manifest), manifest)
    if costs is not None:
        _write_json(folder / "cost.json", as_json(costs))
    (folder / "plan.html").write_text(render_page(plan, costs), encoding="utf-8")
    (folder / "plan.mmd").write_text(render_mermaid(describe_architecture(plan)), encoding="utf-8")


def write_simulated_secrets(plan: Plan, file: Path) -> None:
    """Write the simulated Key Vault's secrets, name to value, for tests that follow a secret into a container."""
    _write_json(file, plan.vault)


def _find_free(folder: Path, manifest: Mapping[str, Any]) -> Path:
    """Return the file of a manifest; one with the kind and name of an earlier one has its namespace in the name too."""
    kind, metadata = manifest["kind"], manifest["metadata"]
    file = folder / f"{kind}-{metadata['name']}.yaml"
    return folder / f"{kind}-{metadata['namespace']}-{metadata['name']}.yaml" if file.exists() else file


def _folder_of_cluster(resource: Resource) -> str:
    """Return the folder for a manifest of another cluster, named after its provider; empty for the stack's own."""
    provider = (resource.provider or "").rpartition("::")[0].rpartition("::")[2]
    return "" if provider in ("", _OWN_CLUSTER) else provider


def _write_json(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_yaml(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump_yaml(content), encoding="utf-8")
