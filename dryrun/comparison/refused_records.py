"""The settings that the program records when it makes a stack, and later refuses to change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.azure.recorded_names import MADE

from .changes import Comparison, Consequence
from .differences import ABSENT, Difference, list_differences

_STASH: Final = "pulumi:index:Stash"
# The value of a number's entry in a record: components/azure/stack_counters.py.
_REACHED: Final = "reached"
# The entry of a setting that holds others and none of them.
_NOTHING: Final = "{}"
# Compared only where the stack was made with it too: a vault of others has its own.
_OF_BOTH: Final = ("airflow-aks:keyVault.softDeleteDays",)


def list_refused_records(comparison: Comparison) -> Iterator[Consequence]:
    """Yield the settings that the program records when it makes a stack, and later refuses to change.

    A record is a stash that ignores changes of its input, or of some entries, so that their first values stay. Numbers
    that only go up are left out, because the program knows their order.
    """
    before = {resource.urn: resource for resource in comparison.old.all(_STASH)}
    for record in comparison.new.all(_STASH):
        old = before.get(record.urn)
        if old is None:
            continue
        for found in list_differences(old.inputs.get("input"), record.inputs.get("input")):
            setting = ".".join(found.path)
            kept = not {"input", f'input["{setting}"]'}.isdisjoint(record.ignore_changes)
            if not kept or _REACHED in (found.old, found.new) or not _is_compared(setting, found):
                continue
            name = setting or record.name
            text = f"{name} {_say(found.new)}, and the stack was made {_say_with(found.old)}: `pulumi up` refuses it"
            yield Consequence(severity="refused", text=text, urn=record.urn)


def _is_compared(setting: str, found: Difference) -> bool:
    """Return whether `pulumi up` compares an entry. What it compares by parts is told by the entries of the parts."""
    sides = {_NOTHING if value is ABSENT else value for value in (found.old, found.new)}
    return setting != MADE and len(sides) > 1 and not (setting in _OF_BOTH and ABSENT in (found.old, found.new))


def _say(value: object) -> str:
    return "is not set" if value is ABSENT else f"is {_show(value)}"


def _say_with(value: object) -> str:
    return "without it" if value is ABSENT else f"with {_show(value)}"


def _show(value: object) -> str:
    """Return a value of the record, which is JSON, as it stands in the stack file."""
    return str(value).strip('"')
