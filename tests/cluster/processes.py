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
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from .certificates import Authority

ADMINISTRATORS = "system:masters"
# Loopback too: whatever dials a service by its address never leaves this machine.
SERVICE_ADDRESSES = "127.100.0.0/16"
# Who did what, without what was in it.
_AUDIT = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [
        {"level": "None", "users": ["system:apiserver"]},
        {"level": "None", "resources": [{"group": "", "resources": ["events"]}]},
        {"level": "Metadata"},
    ],
}
# Nodes have no kubelet that says it lives, and no cloud hands out their addresses.
_CONTROLLERS = "*,-node-lifecycle-controller,-node-ipam-controller,-cloud-node-lifecycle-controller"
# The operators that answer webhooks do not run here, so that none is ever called.
_NO_WEBHOOKS = "--disable-admission-plugins=MutatingAdmissionWebhook,ValidatingAdmissionWebhook"
_NO_ACCOUNT = "/api/v1/namespaces/kube-system/serviceaccounts/nobody"
_READY_SECONDS = 120.0
# A fifth of the processor time goes into garbage collection otherwise; a process lives for minutes.
_RARE_GARBAGE_COLLECTION = {"GOGC": "off", "GOMEMLIMIT": "1536MiB"}


@dataclass
class ControlPlane:
    """etcd, kube-apiserver, kube-controller-manager and kube-scheduler, with all that they hold in one folder."""

    binary: Path
    folder: Path
    authority: Authority = field(init=False)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.authority = Authority(self.folder / "certificates")
        self._etcd, self._peer, self._api = _free_ports(3)
        self.administrator = self.authority.kubeconfig(self.address, "clusterAdmin", ADMINISTRATORS)
        self.credentials = self.authority.write_client("tests", "tests", ADMINISTRATORS)
        self._controller = self.authority.write_client("controller-manager", "system:kube-controller-manager")
        for component in ("controller-manager", "scheduler"):
            config = self.authority.kubeconfig(self.address, f"system:kube-{component}")
            (self.folder / f"{component}.kubeconfig").write_text(config, encoding="utf-8")
        (self.folder / "audit-policy.json").write_text(json.dumps(_AUDIT), encoding="utf-8")
        (self.folder / "scheduler.json").write_text(json.dumps(self._scheduler()), encoding="utf-8")

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
        self._start("etcd", *self._etcd_flags())
        self._start("apiserver", *self._api_server_flags())
        self._wait_until_ready()
        self._start("controller-manager", *self._controller_manager_flags())
        self._start("scheduler", f"--config={self.folder / 'scheduler.json'}", "--secure-port=0")

    def stop(self) -> None:
        """Kill all four: an orderly end of the API server takes a minute."""
        for process in reversed(self.processes.values()):
            process.kill()
        for process in self.processes.values():
            process.wait()
        self.processes.clear()

    def save(self, into: Path) -> None:
        """Copy all objects. etcd stands still meanwhile, so that its files are those of one moment."""
        etcd = self.processes["etcd"].pid
        os.kill(etcd, signal.SIGSTOP)
        try:
            shutil.copytree(self.data, into)
        finally:
            os.kill(etcd, signal.SIGCONT)

    def restore(self, saved: Path) -> None:
        """Start again with the objects that were saved."""
        self.stop()
        shutil.rmtree(self.data)
        shutil.copytree(saved, self.data)
        self.start()

    def freeze(self) -> None:
        """Let the API server answer nothing, and refuse nothing."""
        os.kill(self.processes["apiserver"].pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.processes["apiserver"].pid, signal.SIGCONT)

    def restart_api_server(self, *, webhooks: bool = False, seconds: float = 0.0) -> None:
        """Kill the API server and start it again after some seconds, with `webhooks` called for the first time."""
        process = self.processes["apiserver"]
        process.kill()
        process.wait()
        time.sleep(seconds)
        self._start("apiserver", *(flag for flag in self._api_server_flags() if not webhooks or flag != _NO_WEBHOOKS))
        self._wait_until_ready()

    def _start(self, name: str, *flags: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [str(self.binary), name, *flags]
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

    def _etcd_flags(self) -> list[str]:
        client, peer = f"http://127.0.0.1:{self._etcd}", f"http://127.0.0.1:{self._peer}"
        return [
            "--name=tests",
            f"--data-dir={self.data}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=tests={peer}",
            # A machine that loses its power loses the tests with it.
            "--unsafe-no-fsync",
            "--log-level=error",
        ]

    def _api_server_flags(self) -> list[str]:
        certificates = self.authority.folder
        return [
            f"--etcd-servers=http://127.0.0.1:{self._etcd}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            f"--secure-port={self._api}",
            f"--tls-cert-file={certificates / 'server.crt'}",
            f"--tls-private-key-file={certificates / 'server.key'}",
            f"--client-ca-file={certificates / 'ca.crt'}",
            "--authorization-mode=Node,RBAC",
            f"--service-account-key-file={certificates / 'tokens.key'}",
            f"--service-account-signing-key-file={certificates / 'tokens.key'}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-cluster-ip-range={SERVICE_ADDRESSES}",
            "--endpoint-reconciler-type=none",
            _NO_WEBHOOKS,
            "--allow-privileged=true",
            f"--audit-policy-file={self.folder / 'audit-policy.json'}",
            f"--audit-log-path={self.audit_log}",
            # One client at a time works here, and none of them is to be held back.
            "--enable-priority-and-fairness=false",
            "--profiling=false",
        ]

    def _controller_manager_flags(self) -> list[str]:
        certificates = self.authority.folder
        return [
            f"--kubeconfig={self.folder / 'controller-manager.kubeconfig'}",
            f"--controllers={_CONTROLLERS}",
            "--use-service-account-credentials",
            f"--service-account-private-key-file={certificates / 'tokens.key'}",
            f"--root-ca-file={certificates / 'ca.crt'}",
            "--leader-elect=false",
            "--secure-port=0",
            "--kube-api-qps=500",
            "--kube-api-burst=1000",
            # Claims are looked at again after 15 seconds by default.
            "--pvclaimbinder-sync-period=1s",
        ]

    def _scheduler(self) -> dict[str, object]:
        connection = {"kubeconfig": str(self.folder / "scheduler.kubeconfig"), "qps": 500, "burst": 1000}
        return {
            "apiVersion": "kubescheduler.config.k8s.io/v1",
            "kind": "KubeSchedulerConfiguration",
            "clientConnection": connection,
            "leaderElection": {"leaderElect": False},
        }


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
