"""The commands of docs/recovery.md after a killed update, run as the page says."""

from __future__ import annotations

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
    """Unlock the stack, take over what the cloud has and the state does not, forget what was pending, finish."""
    unlock(workspace)
    run(workspace, "pulumi refresh --yes --skip-preview --clear-pending-creates --stack STACK")
    for _ in range(20):
        result = workspace.up(check=False)
        if result.code == 0:
            return
        taken, role = _TAKEN.search(result.output), _ROLE_TAKEN.search(result.output)
        inside = _IN_CLUSTER.search(result.output)
        if taken is not None:
            take_over(workspace, taken.group(1))
        elif inside is not None:
            take_over(workspace, inside.group(1))
        elif role is not None:
            take_over(workspace, _role_id(workspace, role.group(1)))
        else:
            raise AssertionError(result.output)
    raise AssertionError("twenty imports did not bring the stack back")


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


def take_over(workspace: Workspace, identifier: str) -> None:
    """Import one resource that exists: the preview's own list says type, name, parent and provider."""
    file = Path(workspace.project) / "imports.json"
    run(workspace, "pulumi preview --import-file imports.json --stack STACK")
    content = file.read_text(encoding="utf-8")
    found = next(entry for entry in _entries(content) if entry["name"] == _name(workspace, identifier))
    file.write_text(_only(content, found["name"], identifier), encoding="utf-8")
    run(workspace, "pulumi import --file imports.json --protect=false --generate-code=false --yes --stack STACK")


def change_cluster(workspace: Workspace) -> Result:
    """An update that makes another cluster: what was in the old one went with it."""
    return run(workspace, "PULUMI_K8S_DELETE_UNREACHABLE=true pulumi up --yes --skip-preview --stack STACK")


def run(workspace: Workspace, command: str) -> Result:
    """Run a command of the page; one that the page does not hold is not a documented recovery."""
    assert command.replace("STACK", "<stack>") in PAGE.read_text(encoding="utf-8"), command
    words = command.replace("STACK", workspace.stack).split()
    variables = dict(word.split("=", 1) for word in words[: words.index("pulumi")])
    workspace.environment.update(variables)
    try:
        return workspace.run(*words[words.index("pulumi") + 1 :], check=True)
    finally:
        for name in variables:
            del workspace.environment[name]


def _entries(content: str) -> list[dict[str, str]]:
    import json

    return list(json.loads(content)["resources"])


def _only(content: str, name: str, identifier: str) -> str:
    """The import file with one resource, and the id that Azure named."""
    import json

    whole = json.loads(content)
    whole["resources"] = [{**entry, "id": identifier} for entry in whole["resources"] if entry["name"] == name]
    return json.dumps(whole)


def _role_id(workspace: Workspace, digits: str) -> str:
    """What `az role assignment list` shows for the id in the error."""
    return next(key for key in workspace.cloud.objects if key.replace("-", "").endswith(digits))


def _name(workspace: Workspace, identifier: str) -> str:
    found = workspace.cloud.objects
    return str(next(item["name"] for key, item in found.items() if identifier in (key, item["id"])))
