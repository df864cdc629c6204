"""Folders as the job that runs a pull request's code hands them over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dryrun.pipelines.comparison_folder import StackComparison
from dryrun.pipelines.previews import Change, Preview, dump_preview

HEAD = "a" * 40
URN = "urn:pulumi:dev::airflow-aks::azure-native:containerregistry:Registry::registry-registry"


def write_folder(folder: Path, codes: dict[str, Any], **outcome: Any) -> Path:
    """Write a comparison of each stack, with what a test says of the pull request."""
    folder.mkdir(exist_ok=True)
    content = {"pullRequest": 7, "commit": HEAD, "stacks": codes, **outcome}
    (folder / "outcome.json").write_text(json.dumps(content), encoding="utf-8")
    for stack in codes:
        (folder / f"{stack}.md").write_text(f"### {stack}\n\n1 changed in {stack}\n", encoding="utf-8")
    return folder


def write_preview(
    folder: Path, stack: str, *changes: Change, errors: tuple[str, ...] = (), kind: str = "preview"
) -> None:
    preview = Preview(stack=stack, changes=changes, errors=errors)
    folder.mkdir(exist_ok=True)
    (folder / f"{kind}-{stack}.json").write_text(dump_preview(preview), encoding="utf-8")


def stack(name: str, code: int = 0, text: str = "nothing", preview: Preview | None = None) -> StackComparison:
    return StackComparison(stack=name, code=code, text=text, preview=preview)
