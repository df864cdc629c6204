"""The flags of a control plane on 127.0.0.1 whose nodes and operators are played."""

from __future__ import annotations

from pathlib import Path
from typing import Final

# Loopback too: whatever dials a service by its address never leaves this machine.
SERVICE_ADDRESSES: Final = "127.100.0.0/16"
# The user of the kubeconfig that Azure gives to the program.
PROGRAM: Final = "clusterAdmin"
# What the program asked for, without what was in it.
AUDIT_POLICY: Final = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata", "users": [PROGRAM]}, {"level": "None"}],
}
# Nodes have no kubelet that says it lives, and no cloud hands out their addresses.
_CONTROLLERS: Final = "*,-node-lifecycle-controller,-node-ipam-controller,-cloud-node-lifecycle-controller"


def etcd(data: Path, port: int, peer_port: int) -> list[str]:
    """Return the flags of etcd, which holds everything in the folder `data`."""
    client, peer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer_port}"
    return [
        "--name=tests",
        f"--data-dir={data}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=tests={peer}",
        # A machine that loses its power loses the tests with it.
        "--unsafe-no-fsync",
        # All objects of a cluster are brought back at once.
        "--max-txn-ops=100000",
        "--max-request-bytes=268435456",
        "--log-level=error",
    ]


def api_server(folder: Path, certificates: Path, etcd_port: int, port: int, *, webhooks: bool) -> list[str]:
    """Return the flags of kube-apiserver. Operators do not run here: webhooks are not called unless a test says so."""
    no_webhooks = ["--disable-admission-plugins=MutatingAdmissionWebhook,ValidatingAdmissionWebhook"]
    return [
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        f"--secure-port={port}",
        f"--tls-cert-file={certificates / 'server.crt'}",
        f"--tls-private-key-file={certificates / 'server.key'}",
        f"--client-ca-file={certificates / 'ca.crt'}",
        "--authorization-mode=Node,RBAC",
        f"--service-account-key-file={certificates / 'tokens.key'}",
        f"--service-account-signing-key-file={certificates / 'tokens.key'}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-cluster-ip-range={SERVICE_ADDRESSES}",
        "--endpoint-reconciler-type=none",
        *([] if webhooks else no_webhooks),
        "--allow-privileged=true",
        f"--audit-policy-file={folder / 'audit-policy.json'}",
        f"--audit-log-path={folder / 'audit.log'}",
        # One client at a time works here, and none of them is to be held back.
        "--enable-priority-and-fairness=false",
        "--profiling=false",
    ]


def controller_manager(folder: Path, certificates: Path) -> list[str]:
    """Return the flags of kube-controller-manager."""
    return [
        f"--kubeconfig={folder / 'controller-manager.kubeconfig'}",
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


def scheduler(folder: Path) -> dict[str, object]:
    """Return the configuration file of kube-scheduler."""
    return {
        "apiVersion": "kubescheduler.config.k8s.io/v1",
        "kind": "KubeSchedulerConfiguration",
        "clientConnection": {"kubeconfig": str(folder / "scheduler.kubeconfig"), "qps": 500, "burst": 1000},
        "leaderElection": {"leaderElect": False},
    }


__all__ = ["AUDIT_POLICY", "PROGRAM", "SERVICE_ADDRESSES", "api_server", "controller_manager", "etcd", "scheduler"]
