"""What the SDK itself knows of a type: required properties and the values of enums."""

from __future__ import annotations

import collections.abc
import enum
import functools
import importlib
import inspect
import types
import typing
from collections.abc import Iterator
from typing import Any

from pulumi import _types
from pulumi.runtime import rpc

# Enums that lack values which Azure takes; monitoring_rules.py has them. `ConditionOperator` is that of another API,
# which the SDK has under the same name.
_INCOMPLETE = ("ConditionOperator", "KnownDataFlowStreams", "KnownExtensionDataSourceStreams")


def problems(type_: str, inputs: dict[str, Any]) -> list[str]:
    """What is missing or not among the values of an enum, by path; what is not known yet is not judged."""
    arguments = _arguments(type_)
    return list(_check(arguments, inputs, "")) if arguments else []


@functools.cache
def _arguments(type_: str) -> type | None:
    """The SDK's class of a type's inputs."""
    _, module, name = type_.split(":")
    package = importlib.import_module(f"pulumi_azure_native.{module}")
    # Where a nested type has the other name.
    return getattr(package, f"{name}InitArgs", None) or getattr(package, f"{name}Args", None)


@functools.cache
def _properties(cls: type) -> dict[str, tuple[tuple[Any, ...], bool]]:
    """Wire name to what it may be, and whether it is required."""
    wire_names = _types.input_type_py_to_pulumi_names(cls)
    package = importlib.import_module(cls.__module__.removesuffix("._inputs").rpartition(".")[0])
    if cls.__module__.endswith("._inputs"):
        package = importlib.import_module(cls.__module__.rpartition(".")[0])
    return {
        wire_names.get(name, name): (
            tuple(_options(parameter.annotation, package)),
            parameter.default is inspect.Parameter.empty,
        )
        for name, parameter in list(inspect.signature(cls.__init__).parameters.items())[1:]
    }


def _check(cls: type, value: dict[str, Any], path: str) -> Iterator[str]:
    for name, (options, required) in _properties(cls).items():
        if name in value:
            yield from _check_value(options, value[name], f"{path}{name}")
        elif required:
            yield f"{path}{name} is required"


def _check_value(options: tuple[Any, ...], value: Any, path: str) -> Iterator[str]:
    if value == rpc.UNKNOWN:
        return
    if isinstance(value, dict):
        classes = [option for option in options if inspect.isclass(option) and option.__name__.endswith("Args")]
        # Of several classes, it is the one that it fits best.
        found = [list(_check(option, value, f"{path}.")) for option in classes]
        yield from min(found, key=len, default=[])
    elif isinstance(value, list):
        for option in options:
            if isinstance(option, _Items):
                for index, item in enumerate(value):
                    yield from _check_value(option.options, item, f"{path}[{index}]")
    else:
        for option in options:
            if inspect.isclass(option) and issubclass(option, enum.Enum) and option.__name__ not in _INCOMPLETE:
                values = [member.value for member in option]
                if value not in values:
                    yield f"{path} is {value!r}, not one of {values}"


class _Items(typing.NamedTuple):
    """A list, by what its items may be."""

    options: tuple[Any, ...]


def _options(annotation: Any, package: types.ModuleType) -> Iterator[Any]:
    """The classes behind an annotation. Names are looked up in their own package: `SkuArgs` stands in many."""
    if isinstance(annotation, typing.ForwardRef | str):
        name = annotation if isinstance(annotation, str) else annotation.__forward_arg__
        if (found := getattr(package, name, None)) is not None:
            yield found
        return
    origin = typing.get_origin(annotation)
    if origin in (list, collections.abc.Sequence):
        yield _Items(tuple(_options(typing.get_args(annotation)[0], package)))
    elif origin in (typing.Union, types.UnionType):
        for part in typing.get_args(annotation):
            yield from _options(part, package)
    elif inspect.isclass(annotation) and annotation is not type(None):
        yield annotation
