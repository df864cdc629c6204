"""What exists in the simulated cloud, each object in a file of its own."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dryrun import cloud
from tests.engine import apply_rules

from .database_servers import DatabaseServers
from .helm_records import HelmRecords

Properties = dict[str, Any]


@dataclass
class CloudObject:
    """A thing that exists: its type, its logical name, what it was asked to be and what it answers.

    `owners` are the fields of a Kubernetes object that others than Pulumi have set, with who did. `damage` is what
    somebody did to the objects of a Helm release, of which neither the release's record nor Pulumi knows.
    """

    type: str
    name: str
    inputs: Properties
    outputs: Properties
    id: str
    owners: list[tuple[apply_rules.Path, str]] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)


@dataclass
class ExistingObjects:
    """What exists, by id. The folder holds a file for each object: Pulumi's state knows nothing of it."""

    folder: Path
    objects: dict[str, CloudObject] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    helm: HelmRecords = field(default_factory=HelmRecords)
    servers: DatabaseServers = field(default_factory=DatabaseServers)
    # How often somebody has regenerated an access key, by the resource's physical name and the key's.
    regenerated: Counter[tuple[str, str]] = field(default_factory=Counter)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def find(self, type_: str, name: str | None = None) -> CloudObject:
        """The one object of a type (and logical name); LookupError when there is none or more than one."""
        found = [item for item in self.objects.values() if item.type == type_ and name in (None, item.name)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} objects of {type_} {name}")
        return found[0]

    def exists(self, key: str) -> bool:
        """Whether an Azure resource is there; ids differ in case only."""
        return key.lower() in {known.lower() for known in self.objects}

    def remember(self, key: str, inputs: Properties, identifier: str) -> None:
        """Keep what something else made."""
        with self.lock:
            name = key.rpartition("::")[2]
            self.objects[key] = CloudObject("pulumi-python:", name, inputs, {}, identifier)
            self._save(key)

    def forget(self, key: str) -> None:
        """Drop what something else deleted."""
        with self.lock:
            self.objects.pop(key, None)
            self._save()

    @staticmethod
    def key(type_: str, identifier: str, name: str) -> str:
        """The key of an object: its id, which some types do not have."""
        if type_.startswith(("random:", "pulumi-python:")):
            return f"{type_}::{name}"
        return f"{type_}::{identifier}" if type_.startswith("kubernetes:") else identifier

    def _save(self, *changed: str) -> None:
        """Write what was changed, and drop the files of what is gone."""
        for gone in self.files.keys() - self.objects.keys():
            self.files.pop(gone).unlink()
        for key in changed:
            file = self.folder / f"{cloud.hash_parts(key)[:24]}.json"
            file.write_text(json.dumps(asdict(self.objects[key]), default=str), encoding="utf-8")
            self.files[key] = file
