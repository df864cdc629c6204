"""Sets the Pulumi SDK up for one run of a program against mocks.

The SDK's public mocks serve unit tests of single resources. Recording a whole program takes more: a separate stack for
each run, the same order of requests each time, and a run that takes only seconds. The SDK has no public interface for
this. This module contains every private name of the SDK that a run reads, sets or replaces; only `wire` reads two more.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import copy
import gc
import logging
import pickle
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

import pulumi
from pulumi import log
from pulumi.runtime import mocks
from pulumi.runtime import resource as runtime_resource
from pulumi.runtime import settings as runtime_settings
from pulumi.runtime import stack as runtime_stack
from pulumi.runtime.proto import source_pb2

from .sdk_private import PrivateName, require

Program = Callable[[], None]
# Runs a program and returns the names of its stack outputs, in the order in which it exports them.
Run = Callable[[Program], list[str]]

PRIVATE_NAMES: Final[tuple[PrivateName, ...]] = (
    (log, "debug", ("msg",)),
    (mocks, "MockMonitor.ResourceRegistration", ("urn", "id", "state")),
    (mocks, "MockMonitor.make_urn", ("parent", "type_", "name")),
    (pickle, "_Pickler._batch_setitems", ("items",)),
    (mocks, "set_mocks", ("mocks", "project", "stack", "preview", "logger", "monitor")),
    (pulumi, "Resource.__init__", ("t", "name", "opts")),
    (runtime_resource, "_get_stack_trace", ()),
    (runtime_settings, "SETTINGS.outputs", set),
    (runtime_settings, "get_root_resource", ()),
    (runtime_settings, "set_root_resource", ("root",)),
    (runtime_stack, "asyncio.wait", ("fs", "return_when")),
    (runtime_stack, "run_in_stack", ("func",)),
    (runtime_stack, "wait_for_rpcs", ()),
)


@contextmanager
def open_session(
    monitor: mocks.MockMonitor,
    logger: logging.Logger,
    *,
    project: str,
    stack: str,
    config: Mapping[str, str],
    secret_keys: list[str],
) -> Iterator[Run]:
    """Point the SDK at a monitor, which answers its requests, and at a logger, which gets the program's messages.

    Yields the function that runs the program. At the end, the stack is closed and a new event loop is set, because
    creating an Output needs a loop.

    Raises:
        SdkChangedError: the installed SDK lacks a private name.

    """
    require(PRIVATE_NAMES)
    collects_garbage = gc.isenabled()
    loop = asyncio.new_event_loop()
    # One thread for everything: with several, the order of requests would differ from run to run.
    loop.set_default_executor(_InlineExecutor())
    asyncio.set_event_loop(loop)

    def run(program: Program) -> list[str]:
        exported: list[str] = []

        def run_and_read_outputs() -> None:
            program()
            root = runtime_settings.get_root_resource()
            require([(root, "outputs", dict)])
            exported.extend(root.outputs)  # type: ignore[union-attr]

        with patch_sdk():
            loop.run_until_complete(runtime_stack.run_in_stack(run_and_read_outputs))
        return exported

    try:
        # The SDK creates so many short-lived objects that garbage collection would take two thirds of a run.
        gc.disable()
        pulumi.runtime.set_all_config(dict(config), secret_keys)
        _close_stack()
        mocks.set_mocks(monitor.mocks, project=project, stack=stack, preview=False, monitor=monitor, logger=logger)
        # Outputs that an earlier run left unresolved belong to that run's closed loop. Waiting for them would never
        # end.
        runtime_settings.SETTINGS.outputs.clear()
        # set_mocks opens a stack and registers its outputs. run_in_stack opens another stack for the program.
        loop.run_until_complete(runtime_stack.wait_for_rpcs())
        _close_stack()
        yield run
    finally:
        if collects_garbage:
            gc.enable()
        _close_stack()
        loop.close()
        asyncio.set_event_loop(asyncio.new_event_loop())


@contextmanager
def patch_sdk() -> Iterator[None]:
    """Skip work of the SDK that only a real engine needs, and that takes more than half of a run.

    - Aliases by type: each Azure resource has about a dozen, one per older API version, and the SDK resolves each as an
      Output. Aliases that the program sets stay.
    - Debug messages: a call to the engine for each step. Warnings and errors stay.
    - Stack traces: the SDK walks the stack for each resource, to tell the engine the line of source code.
    - Waiting: the SDK waits for the first of all unresolved Outputs, then for the first of the rest, and so on, which
      takes a third of a run. It now waits for all at once.

    Also bring Python's pickler back: the SDK wraps it once more for each dynamic resource, and after some thousand
    resources of one process the calls are nested too deep.
    """
    waiting = SimpleNamespace(**{**vars(asyncio), "wait": _wait_for_all})
    with (
        patch.object(pulumi.Resource, "__init__", _drop_version_aliases(pulumi.Resource.__init__)),
        patch.object(log, "debug", lambda *_, **__: None),
        patch.object(runtime_resource, "_get_stack_trace", source_pb2.StackTrace),
        patch.object(runtime_stack, "asyncio", waiting),
        patch.object(pickle._Pickler, "_batch_setitems", pickle._Pickler._batch_setitems),  # type: ignore[attr-defined]
    ):
        yield


async def _wait_for_all(tasks: Collection[asyncio.Task[Any]], **_: Any) -> tuple[set[Any], set[Any]]:
    """Wait until all tasks are done or one has failed, whatever the caller would wait for."""
    return await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)


def _drop_version_aliases(initialize: Callable[..., None]) -> Callable[..., None]:
    """Wrap the constructor of resources, so that it gets no aliases for older API versions."""

    def drop(argument: Any) -> Any:
        if not isinstance(argument, pulumi.ResourceOptions) or not isinstance(argument.aliases, list):
            return argument
        options = copy.copy(argument)
        options.aliases = [alias for alias in argument.aliases if not _is_version_alias(alias)]
        return options

    def initialize_without(self: pulumi.Resource, *positional: Any, **named: Any) -> None:
        initialize(self, *map(drop, positional), **{key: drop(value) for key, value in named.items()})

    return initialize_without


def _is_version_alias(alias: Any) -> bool:
    """Return whether an alias sets only another type of the Azure provider."""
    if not isinstance(alias, pulumi.Alias) or not str(alias.type_).startswith("azure-native:"):
        return False
    return all(getattr(alias, key, ...) is ... for key in ("name", "parent", "stack", "project"))


def _close_stack() -> None:
    runtime_settings.set_root_resource(None)  # type: ignore[arg-type]


class _InlineExecutor(concurrent.futures.ThreadPoolExecutor):
    """Runs a function at once, on the calling thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> concurrent.futures.Future[Any]:
        """Run the function and return its result as a finished future."""
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future
