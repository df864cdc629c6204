"""The commands of docs/recovery.md after a killed update, run as the page says."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from .workspace import ROOT, Result, Workspace

PAGE = ROOT / "docs" / "recovery.md"
_FOLDER = "<backend>/.pulumi/stacks/airflow-aks"
_TAKEN = re.compile(r"cannot create already existing resource '([^']+)'")
_IN_CLUSTER = re.compile(r"resource '([^']+)' was not successfully created by the Kubernetes API server")
_ROLE_TAKEN = re.compile(r"The ID of the conflicting role assignment is ([0-9a-f]{32})")


def recover(workspace: Workspace) -> None:
    """Unlock the stack, forget what was pending, take over what the cloud has and the state does not, finish."""
    unlock(workspace)
    run(workspace, "pulumi refresh --yes --skip-preview --clear-pending-creates --stack STACK")
    for _ in range(5):
        result = run(workspace, "pulumi up --yes --skip-preview --continue-on-error --stack STACK", check=False)
        if result.code == 0:
            return
        there = [found for pattern in (_TAKEN, _IN_CLUSTER) for found in pattern.findall(result.output)]
        there += [_role_id(workspace, digits) for digits in _ROLE_TAKEN.findall(result.output)]
        if not there:
            raise AssertionError(result.output)
        take_over(workspace, *there)
    raise AssertionError("five rounds of imports did not bring the stack back")


def unlock(workspace: Workspace) -> None:
    """Free the stack; what was cut off in the middle of a write is given up first, or taken from its backup."""
    for mend in (forget_attributes, restore_backup):
        if _loads(workspace):
            break
        mend(workspace)
    run(workspace, "pulumi cancel --yes STACK")


def forget_attributes(workspace: Workspace) -> None:
    """The page's `rm`, in the folder of the backend."""
    (file,) = _files(workspace, f"rm {_FOLDER}/<stack>.json.attrs")
    Path(file).unlink()


def restore_backup(workspace: Workspace) -> None:
    """The page's `cp`, in the folder of the backend."""
    shutil.copy(*_files(workspace, f"cp {_FOLDER}/<stack>.json.bak {_FOLDER}/<stack>.json"))


def _loads(workspace: Workspace) -> bool:
    asked = (("cancel", "--yes", workspace.stack), ("stack", "export", "--stack", workspace.stack))
    return not any("failed to load checkpoint" in workspace.run(*command).output for command in asked)


def _files(workspace: Workspace, command: str) -> list[str]:
    """The files that a command of the page names."""
    assert command in PAGE.read_text(encoding="utf-8"), command
    return command.replace("<stack>", workspace.stack).replace("<backend>", str(workspace.state)).split()[1:]


def take_over(workspace: Workspace, *identifiers: str) -> None:
    """Import what exists: the preview's own list says types, names, parents and providers."""
    file = Path(workspace.project) / "imports.json"
    run(workspace, "pulumi preview --import-file imports.json --stack STACK")
    ids = {_name(workspace, identifier): identifier for identifier in identifiers}
    whole = json.loads(file.read_text(encoding="utf-8"))
    whole["resources"] = [{**entry, "id": ids[entry["name"]]} for entry in whole["resources"] if entry["name"] in ids]
    file.write_text(json.dumps(whole), encoding="utf-8")
    run(workspace, "pulumi import --file imports.json --protect=false --generate-code=false --yes --stack STACK")


def change_cluster(workspace: Workspace) -> Result:
    """An update that makes another cluster: what was in the old one went with it."""
    return run(workspace, "PULUMI_K8S_DELETE_UNREACHABLE=true pulumi up --yes --skip-preview --stack STACK")


def run(workspace: Workspace, command: str, *, check: bool = True) -> Result:
    """Run a command of the page; one that the page does not hold is not a documented recovery."""
    assert command.replace("STACK", "<stack>") in PAGE.read_text(encoding="utf-8"), command
    words = command.replace("STACK", workspace.stack).split()
    variables = dict(word.split("=", 1) for word in words[: words.index("pulumi")])
    workspace.environment.update(variables)
    try:
        return workspace.run(*words[words.index("pulumi") + 1 :], check=check)
    finally:
        for name in variables:
            del workspace.environment[name]


def _role_id(workspace: Workspace, digits: str) -> str:
    """What `az role assignment list` shows for the id in the error."""
    return next(key for key in workspace.cloud.objects if key.replace("-", "").endswith(digits))


def _name(workspace: Workspace, identifier: str) -> str:
    found = workspace.cloud.objects
    return str(next(item["name"] for key, item in found.items() if identifier in (key, item["id"])))
