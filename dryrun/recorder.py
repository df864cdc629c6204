"""Pulumi mocks that record a whole program; dry runs and tests share them."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import gc
import logging
import runpy
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import mocks
from pulumi.runtime import settings as runtime_settings
from pulumi.runtime import stack as runtime_stack
from pulumi.runtime.proto import resource_pb2

from . import cloud, wire
from .plan import Plan, Resource
from .sdk_details import without_debug_details
from .version_aliases import without_version_aliases

Program = Callable[[], None]
_STACK_TYPE = "pulumi:pulumi:Stack"


class _Simulation(mocks.Mocks):
    """Answers calls; resources are answered by the monitor, which sees the whole request."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        return cloud.call(args.token, args.args)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        return cloud.create(args.typ, args.name, args.inputs)


class RecordingMonitor(mocks.MockMonitor):
    """Answers like the simulated Azure, and keeps every request."""

    def __init__(self) -> None:
        super().__init__(_Simulation())
        self.recorded: list[Resource] = []
        self.registered_outputs: dict[str, dict[str, Any]] = {}
        self.vault: dict[str, str] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name of the call
        """Record the request, and answer as the simulated Azure would."""
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == _STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if any(resource.urn == urn for resource in self.recorded):
            raise ValueError(f"two resources with one name: {urn}")
        given = wire.decoded(request.object)
        # The pickled code of a dynamic provider is Pulumi's own affair.
        given.pop("__provider", None)
        inputs = wire.plain(given)
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
        answer = {key: wire.secret(value) if key in secret_keys else value for key, value in outputs.items()}
        self.recorded.append(_resource(urn, request, wire.masked(given), wire.masked(answer)))
        self.resources[urn] = mocks.MockMonitor.ResourceRegistration(urn, identifier, outputs)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=identifier, object=wire.encoded(answer))

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the name of the call
        """Record what a component, or the stack, says of itself."""
        self.registered_outputs[request.urn] = wire.masked(wire.decoded(request.outputs))
        return empty_pb2.Empty()


def record(program: Program, *, project: str, stack: str, config: Mapping[str, str], secret_keys: list[str]) -> Plan:
    """Run a program against the simulated Azure and say what it would make.

    Raises whatever the program raises, a `pulumi.RunError` for a wrong stack file among it.
    """
    return contextvars.copy_context().run(_record, program, project, stack, config, secret_keys)


def record_project(
    folder: Path, *, project: str, stack: str, config: Mapping[str, str], secret_keys: list[str]
) -> Plan:
    """The same for the program of a project folder, run as the language host would run it."""

    def program() -> None:
        runpy.run_path(str(folder / "__main__.py"), run_name="__main__")

    _import_from(folder)
    return record(program, project=project, stack=stack, config=config, secret_keys=secret_keys)


def _record(program: Program, project: str, stack: str, config: Mapping[str, str], secret_keys: list[str]) -> Plan:
    monitor, warnings = RecordingMonitor(), _Warnings()
    exported: list[str] = []
    written: list[tuple[str, str]] = []

    def note_order(args: pulumi.ResourceTransformationArgs) -> None:
        written.append((args.type_, args.name))

    def run_and_note_outputs() -> None:
        pulumi.runtime.register_stack_transformation(note_order)
        program()
        root = runtime_settings.get_root_resource()
        exported.extend(root.outputs if isinstance(root, runtime_stack.Stack) else ())

    # Everything on one loop and one thread, in one order: two runs then register alike.
    loop = asyncio.new_event_loop()
    loop.set_default_executor(_InlineExecutor())
    asyncio.set_event_loop(loop)
    logger = logging.Logger("dry-run")
    logger.addHandler(warnings)
    # The SDK makes hundreds of thousands of short-lived objects; collecting among them takes two thirds of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        pulumi.runtime.set_all_config(dict(config), secret_keys)
        runtime_settings.set_root_resource(None)  # type: ignore[arg-type]
        mocks.set_mocks(monitor.mocks, project=project, stack=stack, preview=False, monitor=monitor, logger=logger)
        # What others left half done on loops of their own would be waited for in vain.
        runtime_settings.SETTINGS.outputs.clear()
        # That made a stack resource, and closed it to exports; the program gets one of its own.
        loop.run_until_complete(runtime_stack.wait_for_rpcs())
        runtime_settings.set_root_resource(None)  # type: ignore[arg-type]
        with without_version_aliases(), without_debug_details():
            loop.run_until_complete(runtime_stack.run_in_stack(run_and_note_outputs))
    finally:
        if collecting:
            gc.enable()
        runtime_settings.set_root_resource(None)  # type: ignore[arg-type]
        loop.close()
        # Whoever makes an Output next finds a loop.
        asyncio.set_event_loop(asyncio.new_event_loop())
    stack_urn = monitor.make_urn("", _STACK_TYPE, f"{project}-{stack}")
    given = monitor.registered_outputs.pop(stack_urn, {})
    return Plan(
        project=project,
        stack=stack,
        # In the order of the program: that in which requests come varies with the order of sets inside the SDK.
        resources=tuple(sorted(monitor.recorded, key=lambda found: written.index((found.type, found.name)))),
        # An output without a value does not cross the wire.
        outputs={name: given.get(name) for name in exported},
        component_outputs=monitor.registered_outputs,
        warnings=tuple(warnings.messages),
        vault=monitor.vault,
    )


def _resource(urn: str, request: Any, inputs: dict[str, Any], outputs: dict[str, Any]) -> Resource:
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
        aliases=tuple(_own_aliases(request)),
        ignore_changes=tuple(request.ignoreChanges),
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
    )


def _own_aliases(request: Any) -> list[str]:
    """Aliases by another name or parent; those by type are the SDK's own, for old API versions."""
    named = [alias.spec.name for alias in request.aliases if alias.spec.name and alias.spec.name != request.name]
    urns = [alias.urn for alias in request.aliases if alias.urn and alias.urn.rpartition("::")[2] != request.name]
    return sorted({*named, *urns, *request.aliasURNs})


def _import_from(folder: Path) -> None:
    """Take the program's modules from its folder, whatever was imported from another one before."""
    components = sys.modules.get("components")
    if components is not None and Path(str(components.__file__)).resolve().parents[1] != folder.resolve():
        for module in [name for name in sys.modules if name.partition(".")[0] == "components"]:
            del sys.modules[module]
    if str(folder) in sys.path:
        sys.path.remove(str(folder))
    sys.path.insert(0, str(folder))


class _Warnings(logging.Handler):
    """Keeps warnings; whatever else the program logs is not part of a plan."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.messages.append(record.getMessage())


class _InlineExecutor(concurrent.futures.ThreadPoolExecutor):
    """Runs what it is given at once, on the thread that asks."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> concurrent.futures.Future[Any]:
        """Run, and answer with a finished future."""
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future
