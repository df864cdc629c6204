"""Reads the folder of a dry run back into its plan and costs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dryrun.cost.costs import Costs, read_costs
from dryrun.cost.prices import PricesError
from dryrun.plan import Plan, Resource


class FolderError(Exception):
    """A folder does not contain a dry run that can be compared; the message names it, and says what to do."""


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """What a dry run found: the plan, and what it costs; no costs if the dry run had no prices."""

    plan: Plan
    costs: Costs | None = None


def read_dry_run(folder: Path) -> DryRun:
    """Return what a dry run wrote into a folder.

    Raises:
        FolderError: a file is missing, is not JSON, or lacks what this release of the dry run writes.

    """
    file = folder / "cost.json"
    try:
        costs = read_costs(file) if file.exists() else None
    except PricesError as error:
        raise FolderError(f"{error}; run the dry run again") from None
    return DryRun(plan=read_plan(folder), costs=costs)


def read_plan(folder: Path) -> Plan:
    """Return the plan of a dry run's folder.

    Raises:
        FolderError: a file is missing, is not JSON, or lacks what this release of the dry run writes.

    """
    about, resources, outputs = (_read_json(folder, f"{name}.json") for name in ("plan", "resources", "outputs"))
    try:
        return Plan(
            project=about["project"],
            stack=about["stack"],
            resources=tuple(_read_resource(found) for found in resources),
            outputs=dict(outputs),
            component_outputs=dict(about["componentOutputs"]),
            warnings=tuple(about["warnings"]),
            vault={},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FolderError(
            f"{folder}: was written by another release of the dry run ({type(error).__name__}: {error}); "
            "run the dry run again"
        ) from None


def _read_json(folder: Path, name: str) -> Any:
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise FolderError(
            f"{folder}: is not the folder of a dry run: cannot read {name} ({error.strerror}); "
            f"write one with `python -m dryrun STACK --out {folder}`"
        ) from None
    except ValueError as error:
        raise FolderError(f"{folder / name}: is not JSON: {error}; run the dry run again") from None


def _read_resource(found: Mapping[str, Any]) -> Resource:
    return Resource(
        urn=found["urn"],
        type=found["type"],
        name=found["name"],
        custom=found["custom"],
        id=found["id"],
        parent=found["parent"],
        provider=found["provider"],
        inputs=found["inputs"],
        outputs=found["outputs"],
        dependencies=tuple(found["dependencies"]),
        property_dependencies={key: tuple(urns) for key, urns in found["propertyDependencies"].items()},
        protect=found["protect"],
        retain_on_delete=found["retainOnDelete"],
        aliases=tuple(found["aliases"]),
        alias_urns=tuple(found["aliasUrns"]),
        delete_before_replace=found["deleteBeforeReplace"],
        ignore_changes=tuple(found["ignoreChanges"]),
        replace_on_changes=tuple(found["replaceOnChanges"]),
    )
