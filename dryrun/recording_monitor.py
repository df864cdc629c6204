"""The simulated Azure in place of Pulumi's resource monitor; it records each request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from google.protobuf import empty_pb2
from pulumi.runtime import mocks
from pulumi.runtime.proto import resource_pb2

from . import cloud, wire
from .plan import Resource

STACK_TYPE: Final = "pulumi:pulumi:Stack"
KUBERNETES_SECRET: Final = "kubernetes:core/v1:Secret"  # noqa: S105 - the name of a type


class RecordingMonitor(mocks.MockMonitor):
    """Answers like the simulated Azure, and records every request.

    `vault` contains the secrets of the simulated Key Vault, name to value.
    """

    def __init__(self) -> None:
        super().__init__(_SimulatedCalls())
        self.recorded: list[Resource] = []
        self.registered_outputs: dict[str, dict[str, Any]] = {}
        self.vault: dict[str, str] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name of the call
        """Record the request, and answer as the simulated Azure would.

        Raises:
            ValueError: the program has already registered a resource of the same type and name.

        """
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if any(resource.urn == urn for resource in self.recorded):
            raise ValueError(f"two resources with one name: {urn}")
        given = wire.decode(request.object)
        # The pickled code of a dynamic provider, which no reader of a plan can use.
        given.pop("__provider", None)
        inputs = wire.unwrap(given)
        identifier = ""
        outputs: dict[str, Any] = {}
        if request.custom:
            identifier, outputs = cloud.create(request.type, request.name, inputs)
        if request.type == "azure-native:keyvault:Secret":
            self.vault[outputs["name"]] = inputs["properties"]["value"]
        secret_keys = {
            *request.additionalSecretOutputs,
            *(key for key, value in given.items() if wire.is_secret(value)),
        }
        answer = {key: wire.wrap_secret(value) if key in secret_keys else value for key, value in outputs.items()}
        # The SDK makes the whole data of a Kubernetes Secret a secret, but a manifest needs its keys.
        mask = wire.mask_leaves if request.type == KUBERNETES_SECRET else wire.mask
        described = _describe_request(urn, request, mask(given), mask(answer))
        self.recorded.append(replace(described, id=identifier, alias_urns=tuple(self._list_alias_urns(request))))
        self.resources[urn] = mocks.MockMonitor.ResourceRegistration(urn, identifier, outputs)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=identifier, object=wire.encode(answer))

    def _list_alias_urns(self, request: Any) -> list[str]:
        """Return the URNs that a resource may have in the state, by its own aliases without those of its parents."""
        found = {*request.aliasURNs}
        for alias in request.aliases:
            if alias.urn:
                found.add(alias.urn)
            else:
                parent = "" if alias.spec.noParent else alias.spec.parentUrn or request.parent
                found.add(self.make_urn(parent, alias.spec.type or request.type, alias.spec.name or request.name))
        return sorted(found)

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the name of the call
        """Record the outputs that a component or the stack registers."""
        self.registered_outputs[request.urn] = wire.mask(wire.decode(request.outputs))
        return empty_pb2.Empty()


class _SimulatedCalls(mocks.Mocks):
    """Answers function calls. The monitor answers for resources itself, because it needs the whole request."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        return cloud.call(args.token, args.args)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        return cloud.create(args.typ, args.name, args.inputs)


def _describe_request(urn: str, request: Any, inputs: dict[str, Any], outputs: dict[str, Any]) -> Resource:
    return Resource(
        urn=urn,
        type=request.type,
        name=request.name,
        parent=request.parent or None,
        provider=request.provider or None,
        custom=request.custom,
        inputs=inputs,
        outputs=outputs,
        dependencies=tuple(sorted(request.dependencies)),
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
        aliases=tuple(_select_own_aliases(request)),
        ignore_changes=tuple(request.ignoreChanges),
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        property_dependencies={
            key: tuple(sorted(found.urns)) for key, found in sorted(request.propertyDependencies.items()) if found.urns
        },
        replace_on_changes=tuple(request.replaceOnChanges),
    )


def _select_own_aliases(request: Any) -> list[str]:
    """Return aliases by another name or parent. The SDK adds aliases by type alone, for older API versions."""
    named = [alias.spec.name for alias in request.aliases if alias.spec.name and alias.spec.name != request.name]
    urns = [alias.urn for alias in request.aliases if alias.urn and alias.urn.rpartition("::")[2] != request.name]
    return sorted({*named, *urns, *request.aliasURNs})
