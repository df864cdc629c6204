"""Outputs that components register, beyond what the contract of every component proves."""

from __future__ import annotations

from typing import Any

import pytest

from components.output_registration import register_annotated_outputs


class Annotated:
    endpoint: str
    names: list[str]
    _private: str

    def __init__(self, **attributes: Any) -> None:
        self.registered: dict[str, Any] = {}
        vars(self).update(attributes)

    def register_outputs(self, outputs: dict[str, Any]) -> None:
        self.registered = outputs


def test_public_annotations_are_registered_and_nothing_else() -> None:
    component: Any = Annotated(endpoint="e", names=["n"], _private="p", unannotated="u")
    register_annotated_outputs(component)
    assert component.registered == {"endpoint": "e", "names": ["n"]}


def test_an_output_that_the_constructor_forgot_is_an_error() -> None:
    component: Any = Annotated(endpoint="e")
    with pytest.raises(AttributeError, match="names"):
        register_annotated_outputs(component)
