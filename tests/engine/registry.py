"""The real image-import provider, with a simulated registry behind it."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dill
import grpc
from google.protobuf import empty_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from components.azure.image_import_provider import ImageImportProvider
from dryrun import wire

from . import existing_registry
from .refusal import CloudError
from .simulated_cloud import SimulatedCloud

_PROVIDER = "__provider"


class RegistryProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Serves dynamic resources as the SDK's own server does: by the provider that is pickled into each request.

    What its code asks of Azure, the simulated cloud answers.
    """

    def __init__(self, cloud: SimulatedCloud) -> None:
        self.cloud = cloud
        self.lock = threading.Lock()

        def run_import(_: Any, props: dict[str, Any], mode: str) -> None:
            existing_registry.import_image(cloud, props, mode)

        # By reference from the state, so that this very class is what a request unpickles.
        ImageImportProvider._run_import = run_import  # type: ignore[method-assign]
        ImageImportProvider._read_digest = lambda *_: None  # type: ignore[method-assign]
        ImageImportProvider._sleep = lambda *_: None  # type: ignore[method-assign]

    def Handshake(self, request: Any, context: Any) -> Any:
        # The engine goes on without; the base class would print a traceback for each.
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "no handshake")

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="1000.0.0")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(acceptSecrets=False, supportsPreview=False)

    def Check(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:
        news = wire.unwrap(wire.decode(request.news))
        result = self._provider(news).diff(request.id, wire.unwrap(wire.decode(request.olds)), news)
        kind = provider_pb2.DiffResponse
        return kind(changes=kind.DIFF_SOME if result.changes else kind.DIFF_NONE, replaces=result.replaces or [])

    def Create(self, request: Any, context: Any) -> Any:
        name, props = request.urn.rpartition("::")[2], wire.unwrap(wire.decode(request.properties))
        with self._operation("create", name, context):
            result = self._provider(props).create(props)
            self.cloud.remember(f"pulumi-python::{name}", {k: v for k, v in props.items() if k != _PROVIDER}, result.id)
        outputs = {**(result.outs or {}), _PROVIDER: props[_PROVIDER]}
        return provider_pb2.CreateResponse(id=result.id, properties=wire.encode(outputs))

    def Update(self, request: Any, context: Any) -> Any:
        name, news = request.urn.rpartition("::")[2], wire.unwrap(wire.decode(request.news))
        with self._operation("update", name, context):
            result = self._provider(news).update(request.id, wire.unwrap(wire.decode(request.olds)), news)
        outputs = {**(result.outs or {}), _PROVIDER: news[_PROVIDER]}
        return provider_pb2.UpdateResponse(properties=wire.encode(outputs))

    def Read(self, request: Any, context: Any) -> Any:
        return provider_pb2.ReadResponse(id=request.id, inputs=request.inputs, properties=request.properties)

    def Delete(self, request: Any, context: Any) -> Any:
        name = request.urn.rpartition("::")[2]
        with self._operation("delete", name, context):
            props = wire.unwrap(wire.decode(request.properties))
            self._provider(props).delete(request.id, props)
            # After a replacement, the name is that of the newer import.
            known = self.cloud.objects.get(f"pulumi-python::{name}")
            if known is not None and known.id == request.id:
                self.cloud.forget(f"pulumi-python::{name}")
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def _provider(self, props: dict[str, Any]) -> Any:
        if props[_PROVIDER] == rpc.UNKNOWN:
            return ImageImportProvider()
        with self.lock:
            return dill.loads(base64.b64decode(props[_PROVIDER]))

    @contextmanager
    def _operation(self, operation: str, name: str, context: Any) -> Iterator[None]:
        try:
            with self.cloud.operation(operation, "pulumi-python:", name, {}):
                yield
        except CloudError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
