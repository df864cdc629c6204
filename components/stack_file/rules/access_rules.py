"""Rules for the way in: its name, its certificate, and what it takes from Airflow's own settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.airflow.release_lines import family_of
from components.airflow.traffic.passed_values import given_values
from components.azure.dns_zone import DnsZone
from components.settings.access_sections import AZURE_NAMES
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

_SIGN_IN_KEY: Final = "signInClientSecret"
# What the program sets from `access`: options of airflow.cfg under the names of both lines, and a variable of uvicorn.
_OWN_OPTIONS: Final = {
    "api.base_url": "host, dnsLabel and path",
    "webserver.base_url": "host, dnsLabel and path",
    "fab.enable_proxy_fix": "the gateway",
    "webserver.enable_proxy_fix": "the gateway",
    "FORWARDED_ALLOW_IPS": "the gateway",
}


def gateway_has_one_name(context: Context) -> Iterator[Problem]:
    """The gateway has a name of Azure's or one of its owner's, not both."""
    access = context.settings.access
    if access is None:
        return
    label, host = key_path("access", "dnsLabel"), key_path("access", "host")
    if access.dns_label is not None and access.host is not None:
        yield Problem(path=label, message=f"is set beside {host}: the gateway has one name, keep one of the two")
    elif access.dns_label is None and access.host is None and not context.is_wrong(label, host):
        other = f", or {label}: my-airflow" if access.visibility == "public" else ""
        yield Problem(path=host, message=f"is required, for example host: airflow.example.com{other}")
    elif access.dns_label is not None and access.visibility == "internal":
        yield Problem(
            path=label,
            message=f"is for public addresses, and {key_path('access', 'visibility')} is internal: use {host}, for "
            "example host: airflow.example.com",
        )
    elif access.host is not None and access.host.endswith(f".{AZURE_NAMES}"):
        yield Problem(
            path=host,
            message=f"is a name that Azure gives: use dnsLabel: {access.host.partition('.')[0]} instead",
        )


def zone_holds_the_host(context: Context) -> Iterator[Problem]:
    """The DNS zone is the one in which the host's record belongs."""
    access = context.settings.access
    if access is None or access.dns_zone_id is None:
        return
    path = key_path("access", "dnsZoneId")
    if access.host is None:
        if access.dns_label is not None:
            yield Problem(
                path=path,
                message=f"needs {key_path('access', 'host')}: the record of {key_path('access', 'dnsLabel')} is in a "
                "zone of Azure's",
            )
    elif not (zone := DnsZone.of(access.dns_zone_id)).holds(access.host):
        yield Problem(
            path=path,
            message=f"is the zone {zone.name}, which does not hold {key_path('access', 'host')}: {access.host}; give "
            f"the zone {access.host.partition('.')[2]}, or a host such as airflow.{zone.name}",
        )


def certificate_can_be_had(context: Context) -> Iterator[Problem]:
    """The issuer can check the name, or the Key Vault has a certificate."""
    access = context.settings.access
    if access is None:
        return
    tls = access.tls
    zone = key_path("access", "dnsZoneId")
    if access.uses_http01 and access.visibility == "internal" and not context.is_wrong(zone):
        yield Problem(
            path=key_path("access", "tls", "issuer"),
            message=f"{tls.issuer} without {zone} checks the name over HTTP from the Internet, and "
            f"{key_path('access', 'visibility')} is internal: set {zone}, or use keyVault or selfSigned",
        )
    if not tls.uses_cert_manager and tls.certificate is None:
        yield Problem(
            path=key_path("access", "tls", "certificate"),
            message=f"is required with {key_path('access', 'tls', 'issuer')}: keyVault: the name of a certificate in "
            "the stack's Key Vault, for example airflow-tls",
        )


def gateway_class_is_offered(context: Context) -> Iterator[Problem]:
    """Refuse the gateway class that the program does not build yet, and say why."""
    access = context.settings.access
    if access is not None and access.gateway_class == "appRouting":
        yield Problem(
            path=key_path("access", "gatewayClass"),
            message="appRouting is not offered yet: the API version of AKS that the program uses, 2025-09-01, cannot "
            "turn on the add-on's Gateway API; use envoy",
        )


def airflow_leaves_the_address_to_access(context: Context) -> Iterator[Problem]:
    """No option of Airflow's contradicts what `access` sets."""
    settings = context.settings
    if settings.access is None:
        return
    line = family_of(settings.airflow.release)
    for given in given_values(settings.airflow, line):
        if (source := _OWN_OPTIONS.get(given.name)) is not None:
            yield Problem(
                path=key_path("airflow", *given.path),
                message=f"is set by the program from {key_path('access')} ({source}): remove it here",
            )
    ui = settings.airflow.values.get(line.ui)
    if isinstance(ui, dict) and "args" in ui:
        yield Problem(
            path=key_path("airflow", "values", line.ui, "args"),
            message=f"is set by the program with {key_path('access')}, so that Airflow trusts the gateway's headers: "
            "remove it here",
        )


def sign_in_has_a_secret(context: Context) -> Iterator[Problem]:
    """Airflow can prove itself to Entra: with a client secret, or with its workload identity."""
    access = context.settings.access
    if access is None or access.sign_in is None or access.sign_in.federated or context.has_key(_SIGN_IN_KEY):
        return
    yield Problem(
        path=key_path(_SIGN_IN_KEY),
        message=f"is required with {key_path('access', 'signIn')}: run `pulumi config set --secret "
        f"{key_path(_SIGN_IN_KEY)}`, or set {key_path('access', 'signIn', 'federated')}: true",
    )


def access_settings_are_used(context: Context) -> Iterator[Problem]:
    """Warn about settings of the certificate and a client secret that nothing uses."""
    access = context.settings.access
    if access is not None:
        tls, issuer = access.tls, key_path("access", "tls", "issuer")
        if tls.email is not None and not tls.from_lets_encrypt:
            yield Problem(
                path=key_path("access", "tls", "email"),
                message=f"is not used: it is for {issuer}: letsencrypt (is {tls.issuer})",
            )
        if tls.certificate is not None and tls.uses_cert_manager:
            yield Problem(
                path=key_path("access", "tls", "certificate"),
                message=f"is not used: it is for {issuer}: keyVault (is {tls.issuer})",
            )
    sign_in = access.sign_in if access is not None else None
    if context.has_key(_SIGN_IN_KEY) and (sign_in is None or sign_in.federated):
        use = key_path("access", "signIn")
        yield Problem(
            path=key_path(_SIGN_IN_KEY),
            message=f"is not used: it is for {use}" + (" without federated: true" if sign_in is not None else ""),
        )


ACCESS_ERRORS: tuple[Rule, ...] = (
    gateway_has_one_name,
    zone_holds_the_host,
    certificate_can_be_had,
    gateway_class_is_offered,
    airflow_leaves_the_address_to_access,
    sign_in_has_a_secret,
)
ACCESS_WARNINGS: tuple[Rule, ...] = (access_settings_are_used,)
