"""A control plane as four processes on 127.0.0.1, which start and stop in seconds."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.cluster import flags

from .certificates import Authority
from .etcd_objects import EtcdObjects, Objects

ADMINISTRATORS = "system:masters"
_NO_ACCOUNT = "/api/v1/namespaces/kube-system/serviceaccounts/nobody"
_READY_SECONDS = 120.0
_PROCESSES = 4
# A fifth of the processor time goes into garbage collection otherwise; a process lives for minutes.
_RARE_GARBAGE_COLLECTION = {"GOGC": "off", "GOMEMLIMIT": "1536MiB"}


@dataclass
class ControlPlane:
    """etcd, kube-apiserver, kube-controller-manager and kube-scheduler, with all that they hold in one folder."""

    binary: Path
    folder: Path
    authority: Authority = field(init=False)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _has_own_api_server: bool = True

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.authority = Authority(self.folder / "certificates")
        self._etcd, self._peer, self._api = _free_ports(3)
        self._objects = EtcdObjects(f"http://127.0.0.1:{self._etcd}")
        self.administrator = self.authority.kubeconfig(self.address, flags.PROGRAM, ADMINISTRATORS)
        self.credentials = self.authority.write_client("tests", "tests", ADMINISTRATORS)
        self._controller = self.authority.write_client("controller-manager", "system:kube-controller-manager")
        for component in ("controller-manager", "scheduler"):
            config = self.authority.kubeconfig(self.address, f"system:kube-{component}")
            (self.folder / f"{component}.kubeconfig").write_text(config, encoding="utf-8")
        (self.folder / "audit-policy.json").write_text(json.dumps(flags.AUDIT_POLICY), encoding="utf-8")
        (self.folder / "scheduler.json").write_text(json.dumps(flags.scheduler(self.folder)), encoding="utf-8")

    @property
    def address(self) -> str:
        """Where the API server answers."""
        return f"https://127.0.0.1:{self._api}"

    @property
    def data(self) -> Path:
        """The folder of etcd."""
        return self.folder / "etcd"

    @property
    def audit_log(self) -> Path:
        """What was asked of the API server, a JSON object a line."""
        return self.folder / "audit.log"

    def start(self) -> None:
        """Start all four, and wait until the API server is ready."""
        self._start("etcd", *flags.etcd(self.data, self._etcd, self._peer))
        self._start_api_server()
        self._start_controllers()

    def stop(self) -> None:
        """Kill all four: an orderly end of the API server takes a minute."""
        self._kill(*reversed(self.processes))

    def save(self) -> Objects:
        """All objects of one moment."""
        return self._objects.read()

    def clear(self, saved: Objects, keeps: Callable[[bytes], bool]) -> bool:
        """Delete what is not in `saved` and not to be kept, while all four run: nothing deleted has its id again.

        Returns whether something could be kept: all is new if one of them does not run as it was started.
        """
        if not self._runs_as_started():
            self.restore(saved)
            return False
        with self._paused("controller-manager", "scheduler"):
            self._objects.bring_back(saved, keeps)
        return True

    def restore(self, saved: Objects) -> None:
        """Bring back what was saved. The API server stays if it can: its start is most of the time.

        The controllers start again, because the garbage collector remembers the ids of owners that were deleted.
        """
        if self._runs_as_started():
            self._kill("scheduler", "controller-manager")
            self._objects.bring_back(saved)
        else:
            self.stop()
            shutil.rmtree(self.data)
            self._start("etcd", *flags.etcd(self.data, self._etcd, self._peer))
            self._objects.wait()
            self._objects.forget()
            self._objects.bring_back(saved)
            self._start_api_server()
        self._start_controllers()

    def freeze(self) -> None:
        """Let the API server answer nothing, and refuse nothing."""
        os.kill(self.processes["apiserver"].pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.processes["apiserver"].pid, signal.SIGCONT)

    def restart_api_server(self, *, webhooks: bool = False, seconds: float = 0.0) -> None:
        """Kill the API server and start it again after some seconds, with `webhooks` called for the first time.

        The controllers start again after it: one that is still starting ends if the API server has not read its rights.
        """
        self._kill("scheduler", "controller-manager", "apiserver")
        self._has_own_api_server = False
        time.sleep(seconds)
        self._start("apiserver", *self._api_server_flags(webhooks=webhooks))
        self._wait_until_ready()
        self._start_controllers()

    def _api_server_flags(self, *, webhooks: bool = False) -> list[str]:
        return flags.api_server(self.folder, self.authority.folder, self._etcd, self._api, webhooks=webhooks)

    def _start_api_server(self) -> None:
        self._start("apiserver", *self._api_server_flags())
        self._has_own_api_server = True
        self._wait_until_ready()

    def _start_controllers(self) -> None:
        self._start("controller-manager", *flags.controller_manager(self.folder, self.authority.folder))
        self._start("scheduler", f"--config={self.folder / 'scheduler.json'}", "--secure-port=0")

    def _runs_as_started(self) -> bool:
        """Whether all four run, and no test has started the API server in another way."""
        alive = [process.poll() is None for process in self.processes.values()]
        return len(alive) == _PROCESSES and all(alive) and self._has_own_api_server

    def _kill(self, *names: str) -> None:
        for name in names:
            self.processes[name].kill()
        for name in names:
            self.processes.pop(name).wait()

    @contextmanager
    def _paused(self, *names: str) -> Iterator[None]:
        for name in names:
            os.kill(self.processes[name].pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for name in names:
                os.kill(self.processes[name].pid, signal.SIGCONT)

    def _start(self, name: str, *options: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [str(self.binary), name, *options]
            self.processes[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={"PATH": "/usr/bin:/bin", **_RARE_GARBAGE_COLLECTION},
            )

    def _wait_until_ready(self) -> None:
        context = ssl.create_default_context(cafile=str(self.authority.folder / "ca.crt"))
        # As the controller manager, which ends if it starts before the API server has read its rights.
        context.load_cert_chain(*self._controller)
        end = time.monotonic() + _READY_SECONDS
        with httpx.Client(verify=context, trust_env=False) as client:
            while True:
                for name, process in self.processes.items():
                    if process.poll() is not None:
                        log = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
                        raise RuntimeError(f"{name} ended with {process.returncode}:\n{log[-4000:]}")
                try:
                    ready = client.get(f"{self.address}/readyz").status_code == httpx.codes.OK
                    if ready and client.get(f"{self.address}{_NO_ACCOUNT}").status_code == httpx.codes.NOT_FOUND:
                        return
                except httpx.TransportError:
                    pass
                if time.monotonic() > end:
                    raise RuntimeError(f"the API server was not ready after {_READY_SECONDS:.0f} s")
                time.sleep(0.05)


def _free_ports(count: int) -> list[int]:
    """Ports that nothing listens on: all of them at once, so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
