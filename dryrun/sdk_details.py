"""Runs a program without what the SDK tells a debugger: a line for each step, and where in the source a call stands.

A debug line is a call to the engine, and there are hundreds; a stack is walked for each resource. A simulation has no
reader for them, and a program takes a tenth less time without.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pulumi import log
from pulumi.runtime import resource
from pulumi.runtime.proto import source_pb2


@contextmanager
def without_debug_details() -> Iterator[None]:
    """Leave them out as long as the block runs; warnings and errors are told as ever."""
    debug, stack_trace = log.debug, resource._get_stack_trace
    log.debug = _silent
    resource._get_stack_trace = source_pb2.StackTrace
    try:
        yield
    finally:
        log.debug, resource._get_stack_trace = debug, stack_trace


def _silent(*_: Any, **__: Any) -> None:
    """Say nothing."""
