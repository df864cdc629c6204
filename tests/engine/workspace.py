"""A project folder of its own, a cloud of its own, and `pulumi` as a user types it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import yaml

from tests.cases import STACKS
from tests.engine import key_service
from tests.plans import PINS_FILE, RETIREMENTS_FILE, ROOT, STACK_FILES

from .environment import pulumi_environment
from .kubectl import kubectl
from .other_clusters import OtherClusters
from .provider import SimulatedProvider, serve
from .registry import RegistryProvider
from .simulated_cloud import SimulatedCloud

_PROGRAM = ("__main__.py", "Pulumi.yaml", "components", "charts")
_PACKAGES = ("azure-native", "kubernetes", "random")
# The longest time that a command of the CLI may take.
_SECONDS = 300


@dataclass
class Result:
    """What a command ended with."""

    code: int
    output: str

    @property
    def changes(self) -> dict[str, int]:
        """The summary that the command printed: `{"created": 3, "unchanged": 10}`."""
        found: dict[str, int] = {}
        for line in self.output.splitlines():
            words = line.replace("+", " ").replace("-", " ").replace("~", " ").split()
            if len(words) >= 2 and words[0].isdigit():
                found[words[1]] = int(words[0])
        return found


@dataclass
class Workspace:
    """One stack on a file backend.

    `host` is the socket of a warm language host, None for a host of its own in each operation. Without `checkpoints`
    the state is written once, at the end of an operation, be it a failed one. `keys` are the variables of a key service
    that encrypts its secrets; without them a passphrase does.
    """

    folder: Path
    pulumi: Path
    stack: str
    host: Path | None = None
    checkpoints: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)
    cloud: SimulatedCloud = field(init=False)
    others: OtherClusters = field(init=False)
    servers: list[grpc.Server] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.project.mkdir(parents=True)
        self.state.mkdir()
        for name in _PROGRAM:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, self.project / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, self.project)
        # The shipped stack files and pins are the user's to edit.
        shutil.copy(PINS_FILE, self.project / "charts" / "pins.yaml")
        shutil.copy(RETIREMENTS_FILE, self.project / "charts" / "retirements.yaml")
        for stack in STACKS:
            shutil.copy(STACK_FILES / f"{stack}.yaml", self.project / f"Pulumi.{stack}.yaml")
        (self.folder / "cloud").mkdir()
        self.cloud = SimulatedCloud(self.folder / "cloud")
        servicer = SimulatedProvider(self.cloud, self.environment)
        self.others = servicer.others
        ports = [self._serve(servicer, package) for package in _PACKAGES]
        ports.append(self._serve(RegistryProvider(self.cloud), "pulumi-python"))
        self.environment |= pulumi_environment(self.folder, self.pulumi, ports, self.host, self.checkpoints, self.keys)
        provider = key_service.PROVIDER if self.keys else "passphrase"
        self.run("stack", "init", self.stack, "--secrets-provider", provider, check=True)

    @property
    def project(self) -> Path:
        """The folder with the program."""
        return self.folder / "project"

    @property
    def state(self) -> Path:
        """The folder with Pulumi's state."""
        return self.folder / "state"

    @property
    def stack_file(self) -> Path:
        """The stack file of this folder, which Pulumi writes the salt or the key of its encryption into."""
        return self.project / f"Pulumi.{self.stack}.yaml"

    def run(self, *arguments: str, check: bool = False) -> Result:
        """Run a pulumi command to its end."""
        process = self.start(*arguments)
        try:
            output, _ = process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            raise AssertionError(f"pulumi {' '.join(arguments)} did not end in {_SECONDS} s:\n{output}") from None
        result = Result(process.returncode, output)
        if check and result.code:
            raise AssertionError(f"pulumi {' '.join(arguments)} ended with {result.code}:\n{output}")
        return result

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a pulumi command."""
        return subprocess.Popen(
            [str(self.folder / "bin" / "pulumi"), *arguments, "--non-interactive", "--color", "never", "--logtostderr"],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def up(self, *more: str, check: bool = True) -> Result:
        """`pulumi up`."""
        return self.run("up", "--yes", "--skip-preview", "--stack", self.stack, *more, check=check)

    def preview(self, *more: str, check: bool = True) -> Result:
        """`pulumi preview`."""
        return self.run("preview", "--stack", self.stack, *more, check=check)

    def destroy(self, *more: str, check: bool = True) -> Result:
        """`pulumi destroy`."""
        return self.run("destroy", "--yes", "--skip-preview", "--stack", self.stack, *more, check=check)

    def kubectl(self, *arguments: str) -> list[str]:
        """What kubectl does, as far as the tests ask for it; the lines that it shows."""
        return kubectl(self.cloud, *arguments)

    def export(self) -> list[dict[str, Any]]:
        """The resources in the state."""
        deployment = json.loads(self.run("stack", "export", "--stack", self.stack, check=True).output)["deployment"]
        return list(deployment.get("resources", []))

    def set(self, key: str, value: str, secret: bool = False) -> None:
        """`pulumi config set`."""
        self.run("config", "set", *(["--secret"] if secret else []), key, value, "--stack", self.stack, check=True)

    def store(self, name: str, value: str) -> None:
        """Store a secret in the vault, as the owner of one that `airflow.keyVaultSecrets` names does."""
        vault = self.cloud.find("azure-native:keyvault:Vault").inputs
        place = {"resourceGroupName": vault["resourceGroupName"], "vaultName": vault["vaultName"]}
        secret = {**place, "secretName": name, "properties": {"value": value}}
        self.cloud.create_outside("azure-native:keyvault:Secret", name, secret)

    def change(self, section: str, **changes: Any) -> None:
        """Change keys of a section of the stack file, as an editor would."""
        content = yaml.safe_load(self.stack_file.read_text(encoding="utf-8"))
        key = section if ":" in section else f"airflow-aks:{section}"
        content["config"][key] = {**(content["config"].get(key) or {}), **changes}
        self.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    def unprotect(self) -> None:
        """Give the data up: set `protectData: false` and bring the state there."""
        content = yaml.safe_load(self.stack_file.read_text(encoding="utf-8"))
        content["config"]["airflow-aks:protectData"] = False
        self.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        self.up()

    def save(self) -> dict[str, Any]:
        """State, stack file and cloud, to come back to."""
        files = {file.relative_to(self.state): file.read_bytes() for file in self._state_files()}
        return {"files": files, "stack": self.stack_file.read_bytes(), "cloud": self.cloud.snapshot()}

    def restore(self, saved: dict[str, Any]) -> None:
        """Come back to what was saved, here or in another workspace of this stack."""
        for file in self._state_files():
            if file.relative_to(self.state) not in saved["files"]:
                file.unlink()
        for file, content in saved["files"].items():
            (self.state / file).parent.mkdir(parents=True, exist_ok=True)
            (self.state / file).write_bytes(content)
        self.stack_file.write_bytes(saved["stack"])
        self.cloud.restore(saved["cloud"])

    def _state_files(self) -> list[Path]:
        return [file for file in self.state.rglob("*") if file.is_file()]

    def in_state(self) -> set[tuple[str, str]]:
        """Type and logical name of every resource that the state holds, as it stands in the backend's file."""
        stacks = self.state / ".pulumi" / "stacks" / "airflow-aks"
        checkpoint = json.loads((stacks / f"{self.stack}.json").read_text(encoding="utf-8"))["checkpoint"]
        return {
            (base_type(resource["type"]), resource["urn"].rpartition("::")[2])
            for resource in (checkpoint["latest"] or {}).get("resources") or []
            if resource.get("custom") and not resource["type"].startswith("pulumi:")
        }

    def in_cloud(self) -> list[tuple[str, str]]:
        """Type and logical name of everything that exists, sorted; one twice stands there twice."""
        made = [(base_type(item.type), item.name) for item in self.cloud.objects.values()]
        return sorted([*made, *self.others.objects.values()])

    def kill(self, process: subprocess.Popen[str]) -> None:
        """SIGKILL the engine, by its process id."""
        os.kill(process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Stop the providers."""
        for server in self.servers:
            server.stop(grace=None)

    def _serve(self, servicer: Any, package: str) -> str:
        server, port = serve(servicer)
        self.servers.append(server)
        return f"{package}:{port}"


def base_type(type_: str) -> str:
    """A type without what a dynamic resource has behind it: its module, its class."""
    return "pulumi-python" if type_.startswith("pulumi-python") else type_


def wait_until(condition: Any, seconds: float = 30.0, pause: float = 0.01) -> None:
    """Wait for something that another process does, and look again after each pause in seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain")
        time.sleep(pause)


__all__ = ["Result", "Workspace", "base_type", "wait_until"]
