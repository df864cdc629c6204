"""What the simulated cloud says no with, and how a provider passes it on to the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from dryrun import wire
from tests.engine import properties

if TYPE_CHECKING:
    from .existing_objects import CloudObject


class CloudError(Exception):
    """The cloud refuses; the text is what a person reads."""


class HalfMadeError(CloudError):
    """What was asked for is there, and does not work: pods that do not start, a cluster whose making failed."""


def refuse_second(type_: str, key: str, identifier: str) -> None:
    """Refuse a name that is taken. Random values stand in the state alone, so that there are new ones."""
    if type_.startswith("kubernetes:helm.sh/"):
        raise CloudError("cannot re-use a name that is still in use")
    if type_.startswith("kubernetes:"):
        problem = "was not successfully created by the Kubernetes API server: it already exists"
        raise CloudError(f"resource '{identifier}' {problem}")
    if not type_.startswith("random:"):
        raise CloudError(f"cannot create already existing resource '{key}'")


@contextmanager
def refusals(context: Any) -> Iterator[None]:
    """Turn the cloud's refusals into the engine's errors."""
    try:
        yield
    except CloudError as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))


def refuse_half_made(context: Any, there: CloudObject, given: Any, error: HalfMadeError) -> None:
    """Refuse, and say in the status's details what is there all the same."""
    failed = provider_pb2.ErrorResourceInitFailed(
        id=there.id,
        properties=wire.encode(properties.marked(there.outputs, given)),
        inputs=wire.encode(given),
        reasons=[str(error)],
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(failed)
    context.set_trailing_metadata([("grpc-status-details-bin", status.SerializeToString())])
    context.abort(grpc.StatusCode.UNKNOWN, str(error))
