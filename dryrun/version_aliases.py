"""Runs a program without the aliases by which the Azure SDK knows types of its older API versions.

Each resource of Azure has a dozen of them, for stacks that once were made with a class of one version. The SDK works
each out as an Output, which takes more than half of a program's time, and a simulated cloud has no use for them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from pulumi import Alias, Resource, ResourceOptions

_AZURE: Final = "azure-native:"
_OTHERS: Final = ("name", "parent", "stack", "project")


@contextmanager
def without_version_aliases() -> Iterator[None]:
    """Leave them out as long as the block runs; aliases of the program's own stay."""
    whole = Resource.__init__

    def lean(self: Resource, t: str, name: str, *rest: Any, **named: Any) -> None:
        arguments = [_lean(argument) for argument in rest]
        whole(self, t, name, *arguments, **{key: _lean(argument) for key, argument in named.items()})

    Resource.__init__ = lean  # type: ignore[method-assign]
    try:
        yield
    finally:
        Resource.__init__ = whole  # type: ignore[method-assign]


def _lean(argument: Any) -> Any:
    if not isinstance(argument, ResourceOptions) or not isinstance(argument.aliases, list):
        return argument
    options = copy.copy(argument)
    options.aliases = [alias for alias in argument.aliases if not _of_another_version(alias)]
    return options


def _of_another_version(alias: Any) -> bool:
    """Tell an alias that says nothing but another type of Azure's."""
    if not isinstance(alias, Alias) or not str(alias.type_).startswith(_AZURE):
        return False
    return all(getattr(alias, key, ...) is ... for key in _OTHERS)
