"""One real cluster for a test run: started once, and brought back to a moment before each test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.engine.workspace import wait_until

from .api import Api
from .azure_view import AzureView
from .played import Played
from .processes import ControlPlane

# What the API server creates in every cluster, one after the other.
SYSTEM_NAMESPACES: Final = ("default", "kube-node-lease", "kube-public", "kube-system")


@dataclass
class LiveCluster:
    """A control plane with what plays its nodes and operators."""

    control_plane: ControlPlane
    api: Api = field(init=False)
    empty: Path = field(init=False)
    _played: Played | None = None

    def __post_init__(self) -> None:
        self.control_plane.start()
        authority = self.control_plane.authority.folder / "ca.crt"
        self.api = Api(self.control_plane.address, authority, self.control_plane.credentials)
        self._wait_for_namespaces()
        self.empty = self.save()

    @property
    def played(self) -> Played:
        """What plays the nodes and operators of the test that runs."""
        assert self._played is not None, "nothing plays the nodes: call `play` first"
        return self._played

    def save(self) -> Path:
        """All objects, to come back to."""
        into = Path(tempfile.mkdtemp(prefix="etcd-", dir=self.control_plane.folder)) / "data"
        self.control_plane.save(into)
        return into

    def restore(self, saved: Path) -> None:
        """Come back to what was saved, with nobody playing."""
        self.end_playing()
        self.control_plane.restore(saved)
        self.api.forget_kinds()

    def play(self, azure: AzureView) -> Played:
        """Let nodes, kubelets and operators follow what stands in Azure."""
        self.end_playing()
        self._played = Played(self.api, azure)
        return self._played

    def end_playing(self) -> None:
        """Stop playing; raises when the playing itself went wrong."""
        played, self._played = self._played, None
        if played is not None:
            played.end()

    def close(self) -> None:
        """Stop everything."""
        try:
            self.end_playing()
        finally:
            self.api.close()
            self.control_plane.stop()

    def _wait_for_namespaces(self) -> None:
        """Wait until controllers have filled each namespace, so that a snapshot of the empty cluster is whole."""
        wait_until(lambda: self._are_filled(SYSTEM_NAMESPACES))

    def _are_filled(self, namespaces: Iterable[str]) -> bool:
        made = (("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt"))
        return all(self.api.find("v1", kind, name, namespace) for namespace in namespaces for kind, name in made)
