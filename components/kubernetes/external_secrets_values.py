"""Settings to the values of the External Secrets chart."""

from __future__ import annotations

import copy
import functools
from pathlib import Path
from typing import Any, Final

import yaml

_STATIC_VALUES: Final = Path(__file__).resolve().parents[2] / "charts" / "external-secrets" / "values.yaml"


def external_secrets_values(image: str, namespace: str) -> dict[str, Any]:
    """The static values, the image in the stack's registry, and the one namespace that the operator works in."""
    repository, _, tag = _split(image)
    values = copy.deepcopy(_static())
    values["scopedNamespace"] = namespace
    for part in (values, values["webhook"], values["certController"]):
        part["image"] = {"repository": repository, "tag": tag}
    return values


@functools.cache
def _static() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(_STATIC_VALUES.read_text(encoding="utf-8"))
    return content


def _split(image: str) -> tuple[str, str, str]:
    """Repository and tag (with its digest, if any) of a full reference; a registry's port is no tag."""
    head, slash, last = image.rpartition("/")
    name, colon, tag = last.partition(":")
    return f"{head}{slash}{name}", colon, tag
