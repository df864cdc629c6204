"""Language hosts from a process that has imported everything already: a fork each, as fresh as a process of its own.

For tests that run the unchanged program, hundreds of times; half of a run is imports.
"""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

ROOT = Path(__file__).resolve().parents[2]

# Started in place of the language host: asks for a fork, prints its port, and goes when the engine says so or is gone.
LAUNCHER = """#!{python} -SE
import os, signal, socket, sys
signal.signal(signal.SIGINT, lambda *_: os._exit(0))
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
connection = socket.socket(socket.AF_UNIX)
connection.connect({path!r})
connection.sendall(sys.argv[-1].encode())
print(connection.recv(16).decode(), flush=True)
parent = os.getppid()
connection.settimeout(0.5)
while os.getppid() == parent:
    try:
        connection.recv(1)
        break
    except TimeoutError:
        # A killed engine cannot say goodbye.
        continue
"""


@contextmanager
def running(pins: Path | None = None) -> Iterator[Path]:
    """A process that forks hosts; the path of its socket, which must be short. `pins` is a file for the tests' own."""
    folder = Path(tempfile.mkdtemp(prefix="host-"))
    path, log = folder / "socket", folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.warm_host", str(path), *([str(pins)] if pins else [])],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        )
    try:
        while not path.exists():
            if process.poll() is not None:
                raise RuntimeError(f"the warm language host did not start:\n{log.read_text(encoding='utf-8')}")
            time.sleep(0.05)
        yield path
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main(socket_path: str, pins: str = "") -> None:
    """Import the program's modules once, then fork a host for whoever asks; `pins` is a file in place of the tests'."""
    # A dry run imports all that the program imports, the SDK's lazy modules among it.
    from dryrun.sdk_session import patch_sdk
    from tests.plans import PINS_FILE, RETIREMENTS_FILE, pins_from, recorded, retirements_from, shipped

    pins_file = Path(pins) if pins else PINS_FILE
    with retirements_from(RETIREMENTS_FILE):
        recorded("dev", shipped("dev"), pins_file)
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    gc.collect()
    gc.freeze()
    # A fork has the modules of this folder, and so its pins, whatever the folder of its project holds.
    with pins_from(pins_file), retirements_from(RETIREMENTS_FILE), patch_sdk():
        _fork_hosts(socket_path)


def _fork_hosts(socket_path: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(socket_path)
    listener.listen(16)
    listener.settimeout(1.0)
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        if os.fork() == 0:
            listener.close()
            connection.setblocking(True)
            from tests.engine.language_host import serve

            address = connection.recv(256).decode()
            connection.sendall(str(serve(address)).encode())
            # The launcher's end closes with it.
            connection.recv(1)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
