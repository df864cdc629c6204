"""Plans whose gateway has a certificate, of each source."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.plan import Plan
from tests.cases import CERTIFICATES
from tests.plans import plan_of

RELEASE = "kubernetes:helm.sh/v3:Release"
ISSUER = "kubernetes:cert-manager.io/v1:Issuer"
CERTIFICATE = "kubernetes:cert-manager.io/v1:Certificate"
ISSUED = [name for name in CERTIFICATES if "key-vault" not in name]
COPIED = ["certificate-key-vault", "certificate-key-vault-csi"]
each = pytest.mark.parametrize("name", CERTIFICATES)
each_issued = pytest.mark.parametrize("name", ISSUED)


def planned(name: str, stack: str = "prod") -> Plan:
    return plan_of(stack, CERTIFICATES[name])


def spec_of(plan: Plan, type_: str, name: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = plan.one(type_, name).inputs["spec"]
    return found
