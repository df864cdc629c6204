"""An output that a resource takes before the resource exists that gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from pulumi import Output, deferred_output

Wire = tuple[Output[str], Callable[[Output[str]], None]]


@contextmanager
def wire_backwards() -> Iterator[Wire]:
    """Open a wire: an output, and the function that connects it to the output of a resource that the block makes.

    If the block raises, the output fails with the same exception. The SDK waits for every output before it reports an
    exception of the program, and would wait for this one forever.
    """
    wire: Wire = deferred_output()
    try:
        yield wire
    except Exception as error:
        _, connect = wire
        connect(Output.from_input("").apply(_raising(error)))
        raise


def _raising(error: Exception) -> Callable[[str], NoReturn]:
    def fail(_: str) -> NoReturn:
        raise error

    return fail


__all__ = ["wire_backwards"]
