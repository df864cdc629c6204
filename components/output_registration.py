"""Registers the outputs of components, and makes an output depend on further resources."""

from __future__ import annotations

import inspect
from typing import Any, TypeVar

from pulumi import ComponentResource, Input, Output

T = TypeVar("T")


def register_annotated_outputs(component: ComponentResource) -> None:
    """Register every public attribute that the component's class annotates.

    Raises:
        AttributeError: the constructor has not set one of these attributes.

    """
    names = inspect.get_annotations(type(component))
    component.register_outputs({name: getattr(component, name) for name in names if not name.startswith("_")})


def make_depend_on(value: Input[T], *outputs: Input[Any]) -> Output[T]:
    """Return the value as an output that also depends on other outputs.

    A resource that takes the result as an input is created after the resources behind those outputs.
    """
    return Output.all(value, *outputs).apply(lambda values: values[0])
