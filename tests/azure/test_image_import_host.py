"""How the import provider is pickled into the state, and runs in Pulumi's provider process."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from google.protobuf import json_format, struct_pb2  # type: ignore[import-untyped]
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime import proto
from pulumi.runtime._serialization import _serialize
from pulumi.runtime.proto import provider_pb2_grpc

from components.azure.image_import_provider import ImageImportProvider
from tests.azure.scripted_azure import OTHER, PROPS, HostedProvider

ROOT = Path(__file__).resolve().parents[2]


def pickled(provider: ImageImportProvider) -> str:
    text, _ = _serialize(True, serialize_provider, provider)
    return str(text)


def test_the_pickle_is_a_reference_without_code() -> None:
    assert len(base64.b64decode(pickled(ImageImportProvider()))) < 200


def test_the_pickle_loads_in_a_fresh_process_without_azure() -> None:
    program = (
        "import base64, dill, sys; provider = dill.loads(base64.b64decode(sys.argv[1]))\n"
        "print(type(provider).__name__, [name for name in sys.modules if name.split('.')[0] == 'azure'])"
    )
    command = [sys.executable, "-c", program, pickled(ImageImportProvider())]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert output.strip() == "ImageImportProvider []"


@pytest.fixture
def host() -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """Pulumi's own process for dynamic providers."""
    command = [sys.executable, "-u", "-m", "pulumi.dynamic"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
        process.terminate()


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


def test_create_diff_update_and_delete_work_in_pulumis_provider_process(
    host: provider_pb2_grpc.ResourceProviderStub, tmp_path: Path
) -> None:
    log = tmp_path / "imports"
    old = {**PROPS, "__provider": pickled(HostedProvider(str(log)))}
    new = {**old, "tag": "3.3.3"}
    created = host.Create(proto.CreateRequest(properties=struct(old)), timeout=60)
    same = host.Diff(proto.DiffRequest(id=created.id, olds=created.properties, news=struct(old)), timeout=60)
    differs = host.Diff(proto.DiffRequest(id=created.id, olds=created.properties, news=struct(new)), timeout=60)
    updated = host.Update(proto.UpdateRequest(id=created.id, olds=created.properties, news=struct(new)), timeout=60)
    host.Delete(proto.DeleteRequest(id=created.id, properties=updated.properties), timeout=60)
    assert (same.changes, differs.changes) == (proto.DiffResponse.DIFF_NONE, proto.DiffResponse.DIFF_SOME)
    assert json_format.MessageToDict(updated.properties) == {**new, "importedDigest": OTHER}
    assert log.read_text(encoding="utf-8").splitlines() == ["NoForce 3.3.2", "NoForce 3.3.3"]
