"""The commands of docs/recovery.md after a killed update, run as the page says."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

from .workspace import ROOT, Result, Workspace

PAGE = ROOT / "docs" / "recovery.md"
_FOLDER = "<backend>/.pulumi/stacks/airflow-aks"
# A failed resource among the diagnostics: its logical name, then what the cloud said.
_FAILED = re.compile(r"^  \S+ \((?P<name>[^)]+)\):\n(?P<said>(?:    .*\n)+)", re.MULTILINE)
_TAKEN = re.compile(
    r"cannot create already existing resource '([^']+)'"
    r"|resource '([^']+)' was not successfully created by the Kubernetes API server"
)
_ROLE_TAKEN = re.compile(r"The ID of the conflicting role assignment is ([0-9a-f]{32})")
_RELEASE_TAKEN = "cannot re-use a name that is still in use"
# Namespaces with a release. Helm's records of what did not end well, by the labels of their Secrets.
_RELEASES_IN = ("airflow", "external-secrets")
_CUT_OFF = "'owner=helm,status notin (deployed,superseded)'"
_UP = "pulumi up --refresh --yes --skip-preview --stack STACK"
# More than any update needs: each round gets further.
_ROUNDS = 20


def recover(workspace: Workspace) -> None:
    """Forget what Helm began, unlock the stack, forget what was pending, take over what only the cloud has, finish."""
    forget_records(workspace)
    unlock(workspace)
    run(workspace, "pulumi refresh --yes --skip-preview --clear-pending-creates --non-interactive --stack STACK")
    for _ in range(_ROUNDS):
        result = run(workspace, _UP, check=False)
        if result.code == 0:
            return
        there = existing(workspace, result.output)
        assert there, result.output
        take_over(workspace, there)
    raise AssertionError(f"{_ROUNDS} rounds of imports did not bring the stack back")


def renew_releases(workspace: Workspace) -> None:
    """Bring releases there whose operations died or failed, also after a refresh that took them for finished."""
    forget_records(workspace)
    run(workspace, _UP)


def forget_records(workspace: Workspace) -> list[str]:
    """Delete Helm's records of operations that did not end well; their names."""
    found = []
    for namespace in _RELEASES_IN:
        for name in kubectl(workspace, f"get secrets --selector {_CUT_OFF}", namespace):
            found.append(name)
            kubectl(workspace, "delete secret <name>", namespace, name)
    return found


def kubectl(workspace: Workspace, command: str, namespace: str = "airflow", name: str = "") -> list[str]:
    """Run a kubectl command of the page; the lines that it shows."""
    whole = f"kubectl --namespace <namespace> {command}\n"
    assert whole in PAGE.read_text(encoding="utf-8"), whole
    return workspace.kubectl("--namespace", namespace, *shlex.split(command.replace("<name>", name)))


def existing(workspace: Workspace, output: str) -> dict[str, str]:
    """What an update could not make because it is there: logical name to id, as the errors say."""
    found: dict[str, str] = {}
    for failed in _FAILED.finditer(output):
        name, said = failed["name"], failed["said"]
        if taken := _TAKEN.search(said):
            found[name] = taken[1] or taken[2]
        elif role := _ROLE_TAKEN.search(said):
            found[name] = _role_id(workspace, role[1])
        elif _RELEASE_TAKEN in said:
            # The namespace and the name of the release, which `helm list` shows as deployed.
            found[name] = "airflow/airflow"
    return found


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


def take_over(workspace: Workspace, ids: Mapping[str, str]) -> None:
    """Import what exists: the preview's own list says types, names, parents and providers."""
    file = workspace.project / "imports.json"
    run(workspace, "pulumi preview --import-file imports.json --stack STACK")
    whole = json.loads(file.read_text(encoding="utf-8"))
    kept = [entry for entry in whole["resources"] if entry["name"] in ids]
    assert {entry["name"] for entry in kept} == set(ids), "the preview lists what is to be taken over"
    whole["resources"] = [{**entry, "id": ids[entry["name"]]} for entry in kept]
    file.write_text(json.dumps(whole), encoding="utf-8")
    run(workspace, "pulumi import --file imports.json --protect=false --generate-code=false --yes --stack STACK")


def leave_cluster(workspace: Workspace) -> Result:
    """Forget what was in a cluster that is gone, after an update that made another one and could not delete it."""
    return run(workspace, "PULUMI_K8S_DELETE_UNREACHABLE=true pulumi refresh --yes --skip-preview --stack STACK")


def run(workspace: Workspace, command: str, check: bool = True) -> Result:
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
