"""A language host for plain `pulumi preview` and `pulumi up` in a project folder, over the SDK's own server."""

from __future__ import annotations

import gc
import os
import runpy
import signal
import sys
import time
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2


class ProjectHost(LanguageServer):
    """Runs `__main__.py` of the project's folder."""

    def __init__(self, engine_address: str) -> None:
        super().__init__(lambda: None)
        self.engine_address = engine_address

    def Handshake(self, request: Any, context: Any) -> Any:
        return language_pb2.LanguageHandshakeResponse()

    def Run(self, request: Any, context: Any) -> Any:
        folder = request.info.program_directory or request.pwd
        os.chdir(folder)
        sys.path.insert(0, folder)
        # A program is short-lived: collecting garbage takes longer than running it.
        gc.disable()
        self.program = lambda: runpy.run_path(str(Path(folder) / "__main__.py"), run_name="__main__")
        request.args[:] = [self.engine_address]
        return super().Run(request, context)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="1000.0.0")

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:
        return language_pb2.GetProgramDependenciesResponse()

    def RuntimeOptionsPrompts(self, request: Any, context: Any) -> Any:
        return language_pb2.RuntimeOptionsResponse()

    def InstallDependencies(self, request: Any, context: Any) -> Any:
        yield language_pb2.InstallDependenciesResponse()

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()


def serve(engine_address: str) -> int:
    """Start to serve; the port that the engine is to connect to."""
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=4), options=[("grpc.max_receive_message_length", 400 * 1024 * 1024)]
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(ProjectHost(engine_address), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # Kept alive by this reference: a server that is collected stops.
    _SERVERS.append(server)
    return int(port)


_SERVERS: list[grpc.Server] = []


def main() -> None:
    """Serve until the engine is done, or gone."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    print(serve(sys.argv[-1]), flush=True)
    parent = os.getppid()
    # A killed engine cannot say goodbye.
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)


if __name__ == "__main__":
    main()
