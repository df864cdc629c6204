"""Compares two plans: what each resource's difference makes Pulumi and Azure do."""

from __future__ import annotations

from dataclasses import replace

from dryrun.cost.cost_change import CostChange
from dryrun.plan import Plan

from . import azure_refusals, replacement
from .changes import Change, Comparison, Reason
from .consequences import list_consequences
from .differences import Difference, ignore, list_differences, split_path
from .pairing import Pair, pair_resources
from .propagation import propagate
from .reading import DryRun


class StacksDifferError(Exception):
    """The two plans are of different stacks, whose resources have nothing to do with each other."""


def compare_dry_runs(old: DryRun, new: DryRun) -> Comparison:
    """Return everything that differs between two dry runs of one stack, their costs too.

    Raises:
        StacksDifferError: the dry runs are of different projects or stacks.

    """
    return replace(compare_plans(old.plan, new.plan), cost=CostChange(before=old.costs, after=new.costs))


def compare_plans(old: Plan, new: Plan) -> Comparison:
    """Return everything that differs between two plans of one stack.

    Raises:
        StacksDifferError: the plans are of different projects or stacks.

    """
    if (old.project, old.stack) != (new.project, new.stack):
        raise StacksDifferError(
            f"cannot compare {old.project} {old.stack} with {new.project} {new.stack}: both sides must be dry runs "
            "of the same stack"
        )
    found = [_compare_pair(pair) for pair in pair_resources(old, new) if _is_created(pair)]
    changes = [change for change in propagate(found, new) if change.action != "same"]
    outputs = tuple(list_differences(dict(old.outputs), dict(new.outputs)))
    comparison = Comparison(old=old, new=new, changes=tuple(changes), outputs=outputs)
    return replace(comparison, consequences=tuple(list_consequences(comparison)))


def _is_created(pair: Pair) -> bool:
    """Return whether a pair is of resources that exist: components only group others."""
    return any(side.custom for side in (pair.old, pair.new) if side is not None)


def _compare_pair(pair: Pair) -> Change:
    if pair.old is None:
        return Change(old=None, new=pair.new, action="added")
    if pair.new is None:
        return Change(old=pair.old, new=None, action="removed")
    old, new = pair.old, pair.new
    inputs = ignore(new.ignore_changes, old.inputs, new.inputs)
    differences = [*list_differences(dict(old.inputs), inputs)]
    if old.protect != new.protect:
        differences.append(Difference(("protect",), old.protect, new.protect))
    reasons = [Reason(path=path, source="provider") for path in replacement.find_forcing(new.type, old.inputs, inputs)]
    reasons += [Reason(path=path, source="program") for path in _find_asked_for(new.replace_on_changes, differences)]
    if not reasons:
        refused = azure_refusals.find_refused(new.type, old.inputs, inputs)
        reasons = [Reason(path=path, source="azure") for path in refused]
    first = new.delete_before_replace
    if first is None:
        first = replacement.deletes_first(new.type, old.inputs, inputs)
    renamed = old.urn != new.urn
    return Change(
        old=old,
        new=new,
        action="replaced" if reasons else "changed" if differences else "renamed" if renamed else "same",
        differences=tuple(differences),
        reasons=tuple(reasons),
        deleted_first=first,
    )


def _find_asked_for(paths: tuple[str, ...], differences: list[Difference]) -> list[str]:
    """Return those of the program's replaceOnChanges that cover a difference."""

    def covers(parts: list[str], difference: Difference) -> bool:
        own = [part.strip("[]") for part in difference.path]
        return len(parts) <= len(own) and all(wanted in ("*", part) for wanted, part in zip(parts, own, strict=False))

    return [path for path in paths if any(covers(split_path(path), found) for found in differences)]
