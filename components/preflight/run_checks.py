"""Runs the checks side by side, and turns an error of one check into a finding of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Final

from .arm_client import ArmError
from .checks.address_ranges import check_address_ranges
from .checks.cluster_security import check_cluster_security
from .checks.database import check_database
from .checks.encryption_keys import check_encryption_keys
from .checks.existing_places import check_existing_vault, check_existing_workspace
from .checks.existing_registry import check_existing_registry
from .checks.existing_subnets import check_existing_subnets
from .checks.kubernetes_version import check_kubernetes_version
from .checks.names import check_deleted_vault, check_dns_label, check_unique_names
from .checks.policies import check_policies
from .checks.private_zones import check_private_zones
from .checks.proxy import check_proxy
from .checks.quota import check_quota
from .checks.region import check_region
from .checks.resource_groups import check_resource_groups
from .checks.resource_providers import check_resource_providers
from .checks.rights import check_rights, check_role_assignments
from .checks.subscription import check_sign_in, check_subscription
from .checks.tools import check_tools
from .checks.vm_sizes import check_vm_sizes
from .findings import CheckResult, Finding, unanswered, unsure
from .situation import Check, Situation

# In the order of the table.
CHECKS: Final[Mapping[str, Check]] = {
    "tools": check_tools,
    "sign-in": check_sign_in,
    "subscription": check_subscription,
    "resource providers": check_resource_providers,
    "rights": check_rights,
    "role assignments": check_role_assignments,
    "resource groups": check_resource_groups,
    "region": check_region,
    "VM sizes": check_vm_sizes,
    "vCPU quota": check_quota,
    "deleted vault": check_deleted_vault,
    "unique names": check_unique_names,
    "database": check_database,
    "Kubernetes version": check_kubernetes_version,
    "DNS label": check_dns_label,
    "address ranges": check_address_ranges,
    "existing subnets": check_existing_subnets,
    "existing registry": check_existing_registry,
    "existing vault": check_existing_vault,
    "existing workspace": check_existing_workspace,
    "private DNS zones": check_private_zones,
    "cluster security": check_cluster_security,
    "encryption keys": check_encryption_keys,
    "proxy": check_proxy,
    "policies": check_policies,
}
_THREADS: Final = 8


def run_checks(situation: Situation, show_done: Callable[[str], None]) -> list[CheckResult]:
    """Run every check, and return the results in the order of CHECKS. `show_done` gets the name of each that ends."""
    results: dict[str, CheckResult] = {}
    with ThreadPoolExecutor(_THREADS) as threads:
        running = {threads.submit(run_check, name, check, situation): name for name, check in CHECKS.items()}
        for done in as_completed(running):
            results[running[done]] = done.result()
            show_done(running[done])
    return [results[name] for name in CHECKS]


def run_check(name: str, check: Check, situation: Situation) -> CheckResult:
    """Run one check, and return what it found before an error too."""
    findings: list[Finding] = []
    try:
        for finding in check(situation):
            findings.append(finding)
    except ArmError as error:
        findings.append(unanswered(error, "Azure does not tell"))
    except Exception as error:
        # Any other check is worth more than a stack trace of this one.
        problem = f"cannot read Azure's answer: {type(error).__name__} {error}"
        findings.append(unsure(problem, "report this: it is a defect of the check"))
    return CheckResult(name=name, findings=tuple(findings))
