"""Kubeconfigs prepared for a program."""

from __future__ import annotations

import base64

import yaml

from components.azure.kubeconfig import add_kubelogin, decode_kubeconfig

GIVEN = {
    "apiVersion": "v1",
    "clusters": [{"name": "aks", "cluster": {"server": "https://aks.example.com"}}],
    "users": [
        {"name": "user", "user": {"exec": {"command": "kubelogin", "args": ["get-token", "--login", "devicecode"]}}}
    ],
}


def test_answer_of_aks_is_base64() -> None:
    assert decode_kubeconfig(base64.b64encode(b"apiVersion: v1").decode()) == "apiVersion: v1"


def test_every_user_signs_in_without_asking() -> None:
    (user,) = yaml.safe_load(add_kubelogin(yaml.safe_dump(GIVEN)))["users"]
    sign_in = user["user"]["exec"]
    assert sign_in["args"] == [
        "get-token",
        "--login",
        "azurecli",
        "--server-id",
        "6dae42f8-4368-4678-94ff-3960e28e3630",
    ]
    assert sign_in["interactiveMode"] == "Never"


def test_clusters_stay_as_they_are() -> None:
    assert yaml.safe_load(add_kubelogin(yaml.safe_dump(GIVEN)))["clusters"] == GIVEN["clusters"]
