"""Resource providers over the simulated cloud, as the engine speaks to them."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Mapping
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from dryrun import cloud as simulation
from dryrun import wire
from dryrun.comparison import replacement
from tests.engine import apply_rules, azure_effects, properties, rendered_charts, sdk_types

from . import existing_places, existing_registry, existing_subnets
from .existing_objects import CloudObject
from .helm_records import RELEASE
from .other_clusters import OtherClusters
from .refusal import CloudError, HalfMadeError, refusals, refuse_half_made
from .simulated_cloud import SimulatedCloud

# Outputs that the preview of an update knows already. Source: the azure-native provider's Update.
_STABLE = ("location", "name")
# Which of the clusters, one after another, an object was made in: the engine says it back with every call.
_CLUSTER = "simulatedCluster"


class SimulatedProvider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider for every package: what differs is the type of the resource."""

    def __init__(self, cloud: SimulatedCloud, environment: Mapping[str, str]) -> None:
        self.cloud = cloud
        self.environment = environment
        self.others = OtherClusters()

    def Handshake(self, request: Any, context: Any) -> Any:
        # The engine goes on without; the base class would print a traceback for each.
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "no handshake")

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="1000.0.0")

    def Configure(self, request: Any, context: Any) -> Any:
        self.others.configure(context.peer(), wire.unwrap(wire.decode(request.args)))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=True, acceptOutputs=False
        )

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        old, new = wire.unwrap(wire.decode(request.old_inputs)), wire.unwrap(wire.decode(request.news))
        # The Kubernetes provider: another cluster replaces everything in it, another credential nothing.
        replaces = [key for key in ("clusterIdentifier",) if old.get(key) != new.get(key)]
        return _difference(sorted(key for key in {*old, *new} if old.get(key) != new.get(key)), replaces)

    def Check(self, request: Any, context: Any) -> Any:
        type_, _ = _type_and_name(request.urn)
        inputs, olds = wire.decode(request.news), wire.decode(request.olds)
        key = replacement.AUTO_NAMED.get(type_)
        if key is not None and key not in inputs:
            random = request.randomSeed.hex()[:8] or simulation.hash_parts(request.urn)[:8]
            inputs[key] = olds.get(key, simulation.make_guid(request.urn, random))
        failures = []
        if type_.startswith("azure-native:"):
            plain = wire.unwrap(inputs)
            failures = [
                provider_pb2.CheckFailure(property="", reason=problem) for problem in sdk_types.problems(type_, plain)
            ]
        return provider_pb2.CheckResponse(inputs=wire.encode(inputs), failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:
        type_, _ = _type_and_name(request.urn)
        old, new = wire.unwrap(wire.decode(request.old_inputs)), wire.unwrap(wire.decode(request.news))
        if apply_rules.is_applied(type_):
            old = apply_rules.compared(old, wire.unwrap(wire.decode(request.olds)))
        for path in request.ignoreChanges:
            properties.ignore(path, old, new)
        changed = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
        replaces = sorted({path.partition(".")[0] for path in replacement.find_forcing(type_, old, new)})
        return _difference(changed, replaces, replacement.deletes_first(type_, old, new))

    def Create(self, request: Any, context: Any) -> Any:
        type_, name = _type_and_name(request.urn)
        given = wire.decode(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(id="", properties=wire.encode(properties.previewed(type_, name, given)))
        other = self._other_cluster(type_, context)
        if other is not None:
            with refusals(context):
                identifier, outputs = self.others.create(other, type_, name, wire.unwrap(given))
                self.cloud.operations.append(("create", name))
            return provider_pb2.CreateResponse(id=identifier, properties=wire.encode(properties.marked(outputs, given)))
        with refusals(context):
            try:
                identifier, outputs = self.cloud.create(type_, name, wire.unwrap(given))
            except HalfMadeError as error:
                refuse_half_made(context, self.cloud.find(type_, name), given, error)
        if type_.startswith("kubernetes:"):
            outputs = {**outputs, _CLUSTER: self.cloud.clusters_made}
        return provider_pb2.CreateResponse(id=identifier, properties=wire.encode(properties.marked(outputs, given)))

    def Update(self, request: Any, context: Any) -> Any:
        type_, name = _type_and_name(request.urn)
        given = wire.decode(request.news)
        if request.preview:
            with refusals(context):
                self.cloud.dry_run(type_, name, request.id, wire.unwrap(given))
            stable = {key: value for key, value in wire.decode(request.olds).items() if key in _STABLE}
            return provider_pb2.UpdateResponse(
                properties=wire.encode(properties.previewed(type_, name, given) | stable)
            )
        with refusals(context):
            try:
                outputs = self.cloud.update(type_, name, request.id, wire.unwrap(given))
            except HalfMadeError as error:
                refuse_half_made(context, self.cloud.find(type_, name), given, error)
        if type_.startswith("kubernetes:"):
            outputs = {**outputs, _CLUSTER: self.cloud.clusters_made}
        return provider_pb2.UpdateResponse(properties=wire.encode(properties.marked(outputs, given)))

    def Read(self, request: Any, context: Any) -> Any:
        type_, name = _type_and_name(request.urn)
        with refusals(context):
            if not self._reachable(type_, "read", wire.unwrap(wire.decode(request.properties))):
                return provider_pb2.ReadResponse(id="")
        found = self.cloud.read(type_, name, request.id)
        if found is None:
            return provider_pb2.ReadResponse(id="")
        known, state = wire.decode(request.inputs), wire.decode(request.properties)
        inputs = properties.as_found(known, found.inputs) if known else azure_effects.fill_in(type_) | found.inputs
        outputs = properties.marked(found.outputs, {**known, **state})
        return provider_pb2.ReadResponse(id=found.id, inputs=wire.encode(inputs), properties=wire.encode(outputs))

    def Delete(self, request: Any, context: Any) -> Any:
        type_, name = _type_and_name(request.urn)
        other = self._other_cluster(type_, context)
        if other is not None:
            with refusals(context):
                self.others.delete_object(other, context.peer(), type_, request.id)
                self.cloud.operations.append(("delete", name))
            return empty_pb2.Empty()
        known = wire.unwrap(wire.decode(request.properties))
        with refusals(context):
            if self._reachable(type_, "delete", known) and not self.cloud.was_replaced(type_, name, known):
                self.cloud.delete(type_, name, request.id)
        return empty_pb2.Empty()

    def _other_cluster(self, type_: str, context: Any) -> str | None:
        """The address of the cluster that a call is for, if the stack did not make that cluster."""
        return self.others.address_of(context.peer()) if type_.startswith("kubernetes:") else None

    def _reachable(self, type_: str, operation: str, old: dict[str, Any]) -> bool:
        """Whether the cluster that an object was made in still answers; one that does not is forgotten on request.

        Source: the Kubernetes provider's Read and Delete. A release is forgotten by a refresh only.
        """
        if old.get(_CLUSTER, self.cloud.clusters_made) == self.cloud.clusters_made:
            return True
        if self.environment.get("PULUMI_K8S_DELETE_UNREACHABLE") != "true":
            raise CloudError("configured Kubernetes cluster is unreachable: the server could not be found")
        if type_ == RELEASE and operation == "delete":
            raise CloudError(
                "can't delete Helm Release with unreachable cluster. Reason: the server could not be found"
            )
        return False

    def Invoke(self, request: Any, context: Any) -> Any:
        arguments = wire.unwrap(wire.decode(request.args))
        if (answer := self.others.answer(request.tok, arguments)) is not None:
            return provider_pb2.InvokeResponse(**{"return": wire.encode(answer)})
        if "ManagedCluster" in request.tok:
            clusters = [item.inputs["resourceName"] for item in self.cloud.objects.values() if _is_cluster(item)]
            if arguments["resourceName"] not in clusters:
                context.abort(grpc.StatusCode.NOT_FOUND, f"ResourceNotFound: cluster {arguments['resourceName']}")
        if request.tok == "azure-native:network:getSubnet":
            subnet = existing_subnets.answer(self.cloud, arguments)
            if subnet is None:
                context.abort(grpc.StatusCode.NOT_FOUND, f"ResourceNotFound: subnet {arguments['subnetName']}")
            return provider_pb2.InvokeResponse(**{"return": wire.encode(subnet)})
        if existing_places.is_question(request.tok):
            found = existing_places.answer(self.cloud, request.tok, arguments)
            if found is None:
                context.abort(grpc.StatusCode.NOT_FOUND, f"ResourceNotFound: {request.tok} {arguments}")
            return provider_pb2.InvokeResponse(**{"return": wire.encode(found)})
        if request.tok == "azure-native:containerregistry:getRegistry":
            registry = existing_registry.answer(self.cloud, arguments)
            if registry is None:
                context.abort(grpc.StatusCode.NOT_FOUND, f"ResourceNotFound: registry {arguments['registryName']}")
            return provider_pb2.InvokeResponse(**{"return": wire.encode(registry)})
        if "listStorageAccountKeys" in request.tok:
            accounts = [item.inputs.get("accountName") for item in self.cloud.objects.values()]
            if arguments["accountName"] not in accounts:
                context.abort(grpc.StatusCode.NOT_FOUND, f"ResourceNotFound: account {arguments['accountName']}")
        answer = simulation.call(request.tok, arguments)
        if request.tok == "azure-native:authorization:getClientConfig":
            answer |= {"subscriptionId": self.cloud.subscription}
        answer = self.cloud.current_keys(request.tok, arguments, answer)
        return provider_pb2.InvokeResponse(**{"return": wire.encode(answer)})

    def Construct(self, request: Any, context: Any) -> Any:
        if request.type != rendered_charts.CHART:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"no component {request.type}")
        return rendered_charts.construct(request)

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()


def serve(servicer: provider_pb2_grpc.ResourceProviderServicer) -> tuple[grpc.Server, int]:
    """A server on a port of its own, for the engine to attach to."""
    workers = concurrent.futures.ThreadPoolExecutor(max_workers=64)
    server = grpc.server(workers, options=[("grpc.max_receive_message_length", 400 * 1024 * 1024)])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def _type_and_name(urn: str) -> tuple[str, str]:
    _, _, types, name = urn.split("::", 3)
    return types.rpartition("$")[2], name


def _is_cluster(item: CloudObject) -> bool:
    return item.type == "azure-native:containerservice:ManagedCluster"


def _difference(changed: list[str], replaces: list[str], deletes_first: bool = False) -> Any:
    kind = provider_pb2.DiffResponse
    return kind(
        changes=kind.DIFF_SOME if changed else kind.DIFF_NONE,
        diffs=changed,
        replaces=replaces,
        deleteBeforeReplace=deletes_first,
    )
