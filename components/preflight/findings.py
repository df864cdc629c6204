"""What a check finds, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from .arm_client import ArmError


class Status(IntEnum):
    """How bad a finding is: the larger, the worse.

    UNKNOWN: Azure did not answer the question. FAILURE: `pulumi up` would fail.
    """

    OK = 0
    WARNING = 1
    UNKNOWN = 2
    FAILURE = 3

    @property
    def word(self) -> str:
        """The status as it stands in the table and in the JSON."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One fact, the remedy if it is a problem, and the path of the setting in the stack file that it is about."""

    status: Status
    message: str
    remedy: str = ""
    setting: str | None = None


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """Everything that one check found."""

    name: str
    findings: tuple[Finding, ...]

    @property
    def status(self) -> Status:
        """The worst status of the findings."""
        return max((finding.status for finding in self.findings), default=Status.OK)


def passed(message: str) -> Finding:
    """Return the finding that something is as it should be."""
    return Finding(status=Status.OK, message=message)


def warn(message: str, remedy: str, setting: str | None = None) -> Finding:
    """Return a finding that does not make `pulumi up` fail, but may bring trouble later."""
    return Finding(status=Status.WARNING, message=message, remedy=remedy, setting=setting)


def unsure(message: str, remedy: str, setting: str | None = None) -> Finding:
    """Return the finding that something could not be checked."""
    return Finding(status=Status.UNKNOWN, message=message, remedy=remedy, setting=setting)


def fail(message: str, remedy: str, setting: str | None = None) -> Finding:
    """Return a finding that makes `pulumi up` fail."""
    return Finding(status=Status.FAILURE, message=message, remedy=remedy, setting=setting)


def unanswered(error: ArmError, question: str) -> Finding:
    """Return the finding that Azure did not answer a question, with what to do about it."""
    match error.status:
        case 401:
            remedy = "run `az login`"
        case 403:
            remedy = "ask for the role Reader there, or let somebody who has it run this"
        case 404:
            remedy = "make sure that it exists, and that the sign-in sees it"
        case 429:
            remedy = "Azure limits the rate: run this again in some minutes"
        case None:
            remedy = "check the network and the proxy, and run this again"
        case _:
            remedy = "run this again"
    return unsure(f"{question}: {error}", remedy)


def would_fail(results: Iterable[CheckResult]) -> bool:
    """Return whether `pulumi up` would fail."""
    return any(result.status is Status.FAILURE for result in results)
