"""Runs a Pulumi program against the simulated Azure and records its plan; dry runs and tests share it."""

from __future__ import annotations

import contextvars
import logging
import runpy
import sys
from collections.abc import Mapping
from pathlib import Path

import pulumi

from .plan import Plan
from .recording_monitor import STACK_TYPE, RecordingMonitor
from .sdk_session import Program, open_session


def record(program: Program, *, project: str, stack: str, config: Mapping[str, str], secret_keys: list[str]) -> Plan:
    """Run a program against the simulated Azure and return its plan.

    Raises whatever the program raises, for example `pulumi.RunError` for a wrong stack file.
    """
    # The SDK keeps its settings in context variables. The run gets a copy, so that the caller's settings do not change.
    return contextvars.copy_context().run(_record, program, project, stack, config, secret_keys)


def record_project(
    folder: Path, *, project: str, stack: str, config: Mapping[str, str], secret_keys: list[str]
) -> Plan:
    """Run the program of a project folder as the language host would, and return its plan."""

    def program() -> None:
        runpy.run_path(str(folder / "__main__.py"), run_name="__main__")

    _import_from(folder)
    return record(program, project=project, stack=stack, config=config, secret_keys=secret_keys)


def _record(program: Program, project: str, stack: str, config: Mapping[str, str], secret_keys: list[str]) -> Plan:
    monitor, warnings, logger = RecordingMonitor(), _Warnings(), logging.Logger("dry-run")
    logger.addHandler(warnings)
    constructed: list[tuple[str, str]] = []

    def note_order(args: pulumi.ResourceTransformationArgs) -> None:
        constructed.append((args.type_, args.name))

    def run_and_note_order() -> None:
        pulumi.runtime.register_stack_transformation(note_order)
        program()

    with open_session(monitor, logger, project=project, stack=stack, config=config, secret_keys=secret_keys) as run:
        exported = run(run_and_note_order)
    outputs = monitor.registered_outputs.pop(monitor.make_urn("", STACK_TYPE, f"{project}-{stack}"), {})
    return Plan(
        project=project,
        stack=stack,
        # Sorted in the order of the program, because the order of the requests differs between runs: the SDK iterates
        # over sets.
        resources=tuple(sorted(monitor.recorded, key=lambda found: constructed.index((found.type, found.name)))),
        # The request omits outputs that have no value.
        outputs={name: outputs.get(name) for name in exported},
        # Components register their outputs when these are known, which is not the same order in every run.
        component_outputs=dict(sorted(monitor.registered_outputs.items())),
        warnings=tuple(warnings.messages),
        vault=monitor.vault,
    )


def _import_from(folder: Path) -> None:
    """Let imports find the program's modules in its folder, even if modules of another folder were imported before."""
    components = sys.modules.get("components")
    if components is not None and Path(str(components.__file__)).resolve().parents[1] != folder.resolve():
        for module in [name for name in sys.modules if name.partition(".")[0] == "components"]:
            del sys.modules[module]
    if str(folder) in sys.path:
        sys.path.remove(str(folder))
    sys.path.insert(0, str(folder))


class _Warnings(logging.Handler):
    """Keeps the program's warnings. Other messages are not part of a plan."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning's text."""
        self.messages.append(record.getMessage())
