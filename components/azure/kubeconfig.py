"""Kubeconfigs as AKS gives them, made fit for a program."""

from __future__ import annotations

import base64
from typing import Any, Final

import yaml

# Azure: "Use kubelogin to authenticate users in AKS", the id of the AKS server application, the same in every tenant.
AKS_SERVER_ID: Final = "6dae42f8-4368-4678-94ff-3960e28e3630"


def decode(encoded: str) -> str:
    """The kubeconfig text from the answer of AKS."""
    return base64.b64decode(encoded).decode()


def with_kubelogin(kubeconfig: str) -> str:
    """A kubeconfig whose users sign in with kubelogin and the Azure CLI's login.

    Whoever signs in another way sets AAD_LOGIN_METHOD, which kubelogin prefers to its arguments.
    """
    config: dict[str, Any] = yaml.safe_load(kubeconfig)
    sign_in = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "kubelogin",
        "args": ["get-token", "--login", "azurecli", "--server-id", AKS_SERVER_ID],
        "interactiveMode": "Never",
        "provideClusterInfo": False,
    }
    users = [{**user, "user": {"exec": sign_in}} for user in config["users"]]
    return yaml.safe_dump({**config, "users": users}, sort_keys=False)
