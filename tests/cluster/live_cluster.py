"""One real cluster for a test run: started once, and brought back to a moment before each test."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from .api import Api, ApiError, Object
from .azure_view import AzureView
from .etcd_objects import Objects
from .mirror import Mirror
from .played import KINDS, Played
from .processes import ControlPlane
from .waiting import wait_until

# What the API server creates in every cluster, one after the other.
SYSTEM_NAMESPACES: Final = ("default", "kube-node-lease", "kube-public", "kube-system")
_DEFINITIONS: Final = b"/registry/apiextensions.k8s.io/customresourcedefinitions/"
# The API server registers the groups of the definitions itself.
_KEPT: Final = (_DEFINITIONS, b"/registry/apiregistration.k8s.io/apiservices/")


@dataclass
class LiveCluster:
    """A control plane with what plays its nodes and operators."""

    control_plane: ControlPlane
    api: Api = field(init=False)
    empty: Objects = field(init=False)
    _mirror: Mirror = field(init=False)
    _defined: dict[str, Object] = field(default_factory=dict)
    _played: Played | None = None

    def __post_init__(self) -> None:
        self.control_plane.start()
        authority = self.control_plane.authority.folder / "ca.crt"
        self.api = Api(self.control_plane.address, authority, self.control_plane.credentials)
        self._wait_for_namespaces()
        self.empty = self.save()
        self._mirror = Mirror(self.api, KINDS)

    @property
    def played(self) -> Played:
        """What plays the nodes and operators of the test that runs."""
        assert self._played is not None, "nothing plays the nodes: call `play` first"
        return self._played

    def save(self) -> Objects:
        """All objects, to come back to."""
        return self.control_plane.save()

    def restore(self, saved: Objects) -> None:
        """Come back to what was saved, with nobody playing."""
        self.end_playing()
        self._defined.clear()
        self.control_plane.restore(saved)
        self.api.forget_kinds()
        self._wait_for_kinds(saved)

    def clear(self) -> None:
        """Come back to the empty cluster, with nobody playing, but keep the kinds that charts have brought.

        To define a kind again takes the API server seconds.
        """
        self.end_playing()
        if not self.control_plane.clear(self.empty, lambda key: key.startswith(_KEPT)):
            self._defined.clear()
        self.api.forget_kinds()

    def define(self, definition: Object, owner: str) -> None:
        """Apply the definition of a kind, unless it stands there from an earlier plan, word for word."""
        name = definition["metadata"]["name"]
        if self._defined.get(name) != definition:
            self.api.apply(definition, owner)
            self._defined[name] = definition

    def play(self, azure: AzureView) -> Played:
        """Let nodes, kubelets and operators follow what stands in Azure."""
        self.end_playing()
        self._played = Played(self.api, self._mirror, azure)
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
            self._mirror.end()
            self.api.close()
            self.control_plane.stop()

    def _wait_for_kinds(self, saved: Objects) -> None:
        """Wait until the API server serves every kind that was saved."""
        definitions = [json.loads(value)["spec"] for key, value in saved.items() if key.startswith(_DEFINITIONS)]
        paths = [
            f"/apis/{one['group']}/{version['name']}/{one['names']['plural']}?limit=1"
            for one in definitions
            for version in one["versions"]
            if version["served"]
        ]
        wait_until(lambda: all(self._answers(path) for path in paths))

    def _answers(self, path: str) -> bool:
        try:
            self.api.ask("GET", path)
        except ApiError:
            return False
        return True

    def _wait_for_namespaces(self) -> None:
        """Wait until controllers have filled each namespace, so that a snapshot of the empty cluster is whole."""
        wait_until(lambda: self._are_filled(SYSTEM_NAMESPACES))

    def _are_filled(self, namespaces: Iterable[str]) -> bool:
        made = (("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt"))
        return all(self.api.find("v1", kind, name, namespace) for namespace in namespaces for kind, name in made)
