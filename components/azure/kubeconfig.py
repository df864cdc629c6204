"""Kubeconfigs from AKS, prepared for a program that cannot answer a sign-in prompt."""

from __future__ import annotations

import base64
from typing import Any, Final

import yaml

# The id of the AKS server application, the same in every tenant. Source: AKS, "Use kubelogin to authenticate users in
# AKS".
AKS_SERVER_ID: Final = "6dae42f8-4368-4678-94ff-3960e28e3630"


def decode_kubeconfig(encoded: str) -> str:
    """Decode the base64 kubeconfig that AKS returns."""
    return base64.b64decode(encoded).decode()


def add_kubelogin(kubeconfig: str) -> str:
    """Make every user of a kubeconfig sign in through kubelogin, with the Azure CLI's login.

    The environment variable AAD_LOGIN_METHOD selects another login, because kubelogin prefers the variable to its
    arguments.
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
