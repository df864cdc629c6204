"""The API versions with which the installed pulumi-azure-native creates resources."""

from __future__ import annotations

import datetime
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

# The SDK names the version in the docstring of each class, and nowhere else in Python.
_VERSION: Final = re.compile(r"Uses Azure REST API version (\d{4}-\d{2}-\d{2})")


@cache
def find_api_version(resource: str) -> datetime.date:
    """Return the API version of a resource such as `keyvault:Vault`, without the suffix of a preview.

    Raises:
        LookupError: the SDK has no such class, or its docstring names no version.

    """
    module, _, name = resource.partition(":")
    package = find_spec("pulumi_azure_native")
    if package is None or package.origin is None:
        raise LookupError("pulumi-azure-native is not installed")
    # Reads the file instead of the class: an import of the module takes longer than the whole check.
    file = Path(package.origin).parent / module / f"{_snake(name)}.py"
    found = _VERSION.search(file.read_text(encoding="utf-8")) if file.is_file() else None
    if found is None:
        raise LookupError(f"pulumi-azure-native names no API version of {resource}")
    return datetime.date.fromisoformat(found[1])


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
