"""The policies of namespaces that are not Airflow's: those of teams, and those of pods that other stacks launch."""

from __future__ import annotations

from components.settings.model import Settings

from .host_policies import HostRule, deny_node_identity, host_policies, limit_to_names, resolve
from .policy_specs import DENY, DNS, Policy, anywhere, egress
from .proxy_policies import proxy_rules, reach_proxy


def team_policies(*, restricted: bool) -> dict[str, Policy]:
    """Return the policies of a team's namespace, which deny everything but DNS.

    `restricted`: whether one of Cilium's policies opens DNS, for names inside the cluster only.
    """
    policies = {"default-deny": DENY, "dns": egress({}, [DNS])}
    return limit_to_names(policies) if restricted else policies


def pod_policies(*, restricted: bool) -> dict[str, Policy]:
    """Return the policies of pods that other stacks launch. The pods accept no connections.

    They may connect to any address that `anywhere()` allows. With `restricted`, Cilium's policies open DNS and the
    hosts that the stack file names, and nothing else is open.
    """
    to_anywhere = egress({}, [{"to": [anywhere()]}])
    policies = {"default-deny": DENY, "dns": egress({}, [DNS]), "pods-to-anywhere": to_anywhere}
    return limit_to_names(policies) if restricted else policies


def namespace_policies(settings: Settings) -> dict[str, dict[str, Policy]]:
    """Return Cilium's policies of the namespaces that are not Airflow's: those of teams and of other stacks' pods."""
    hosts = settings.network.allowed_hosts
    to_hosts = host_policies([HostRule(policy="pods-to-hosts", selector={}, host=host) for host in hosts])
    policies = {team.namespace: {"dns": resolve(())} for team in settings.teams}
    to_proxy = reach_proxy(settings.proxy, "pods-to-proxy", {})
    asked = [*hosts, *(rule.host for rule in proxy_rules(settings.proxy, "", {}))]
    policies |= {namespace: {"dns": resolve(asked), **to_hosts, **to_proxy} for namespace in settings.namespaces}
    return {namespace: {**found, "node-identity": deny_node_identity()} for namespace, found in policies.items()}
