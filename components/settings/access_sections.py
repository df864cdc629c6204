"""The sections of the stack file for the way in: the gateway, its certificate and the sign-in."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from .base import Cidr, EachOnce, Guid, MailAddress, Section

# Source: Azure, "Public IP addresses", DNS name label.
DnsLabel = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,61}[a-z0-9]$")]
# The roles that come with Airflow, except Public, which has no rights.
AirflowRole = Literal["Admin", "Op", "User", "Viewer"]
# The value of an app role, or the object id of a group. Source: Entra, "Add app roles to your application".
RoleMember = Annotated[str, StringConstraints(pattern=r"^[!-\-/-~][!-~]{0,119}$")]
# Source: Key Vault, "About keys, secrets, and certificates", object names.
CertificateName = Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z-]{1,127}$")]
DnsZoneId = Annotated[
    str,
    StringConstraints(
        pattern=r"(?i)^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/Microsoft\.Network/dnsZones/[^/]+$"
    ),
]
# Two labels or more, the last one of letters, so that no address passes. Source: RFC 1123.
_HOST: Final = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_PATH: Final = re.compile(r"/|(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
# The zone in which Azure makes the names of public addresses.
AZURE_NAMES: Final = "cloudapp.azure.com"


def _host_name(text: str) -> str:
    if _HOST.fullmatch(text):
        return text
    bare = re.sub(r"^[a-z]+://", "", text.strip().lower())
    name, slash, path = bare.partition("/")
    name = re.sub(r":[0-9]+$", "", name).rstrip(".")
    example = name if _HOST.fullmatch(name) else "airflow.example.com"
    hint = f"; the path is a setting of its own: path: /{path.rstrip('/')}" if slash and path.rstrip("/") else ""
    raise ValueError(
        "must be a host name alone, in lower case, without https://, port and path, for example "
        f"{example}{hint} (is {text[:60]!r})"
    )


def _path_prefix(text: str) -> str:
    if _PATH.fullmatch(text):
        return text
    parts = [part for part in re.split(r"[^A-Za-z0-9._~-]+", text) if re.search(r"[A-Za-z0-9]", part)]
    example = "/".join(("", *(part.lstrip(".") for part in parts))) or "/airflow"
    raise ValueError(f"must be / or a path without a slash at its end, for example {example} (is {text[:60]!r})")


HostName = Annotated[str, AfterValidator(_host_name)]
PathPrefix = Annotated[str, AfterValidator(_path_prefix)]


class TlsSettings(Section):
    """The certificate of the gateway."""

    issuer: Literal["letsencrypt", "letsencryptStaging", "selfSigned", "keyVault"] = Field(
        "letsencrypt",
        description="letsencrypt: a certificate that every browser trusts; letsencryptStaging: the same procedure with "
        "a certificate that no browser trusts, for trying; selfSigned: an authority of the cluster's own; keyVault: a "
        "certificate of your own in the Key Vault. All are renewed without a person.",
    )
    email: MailAddress | None = Field(
        None, description="Contact of the account at Let's Encrypt (letsencrypt and letsencryptStaging only)."
    )
    certificate: CertificateName | None = Field(
        None, description="Name of the certificate in the stack's Key Vault (keyVault only)."
    )

    @property
    def from_lets_encrypt(self) -> bool:
        """Whether Let's Encrypt issues the certificate."""
        return self.issuer in ("letsencrypt", "letsencryptStaging")

    @property
    def uses_cert_manager(self) -> bool:
        """Whether cert-manager issues the certificate; otherwise it is copied from the Key Vault."""
        return self.issuer != "keyVault"


class SignInSettings(Section):
    """The sign-in with Entra accounts."""

    tenant_id: Guid = Field(description="Id of the Entra tenant.")
    client_id: Guid = Field(description="Application (client) id of the app registration.")
    roles: dict[AirflowRole, Annotated[tuple[RoleMember, ...], EachOnce]] = Field(
        description="Role of Airflow to its members: values of app roles, or object ids of groups."
    )
    session_hours: int = Field(8, ge=1, le=720, description="Hours until a user has to sign in again.")
    federated: bool = Field(
        False,
        description="True: Airflow proves itself to Entra with its workload identity, and needs no client secret.",
    )

    @field_validator("roles")
    @classmethod
    def _has_members(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if not value:
            raise ValueError("must name a role, for example Admin: [Airflow.Admin]: without one, nobody has rights")
        if empty := [role for role, members in value.items() if not members]:
            raise ValueError(
                f"{', '.join(empty)} has no members: list app roles or group ids, for example {empty[0]}: "
                f"[Airflow.{empty[0]}], or remove the role"
            )
        return value


class AccessSettings(Section):
    """The way in to Airflow: a public or internal address with a certificate, and the sign-in."""

    visibility: Literal["public", "internal"] = Field(
        "public", description="public: an address of the Internet; internal: an address of the virtual network."
    )
    dns_label: DnsLabel | None = Field(
        None, description="Gives the name `<label>.<region>.cloudapp.azure.com` (public only); instead of `host`."
    )
    host: HostName | None = Field(None, description="Your own host name, for example airflow.example.com.")
    path: PathPrefix = Field("/", description="Path prefix, for example /airflow.")
    dns_zone_id: DnsZoneId | None = Field(
        None,
        description="Id of the public Azure DNS zone that holds `host`: the record is made there, and Let's Encrypt "
        "checks the name there (DNS-01).",
    )
    gateway_class: Literal["envoy", "appRouting"] = Field(
        "envoy",
        description="Controller of the gateway: Envoy Gateway. appRouting, the add-on of AKS, is not offered yet.",
    )
    replicas: int = Field(2, ge=1, le=20, description="Proxy pods, spread over the zones.")
    tls: TlsSettings = Field(TlsSettings(), description="The certificate.")
    allowed_cidrs: Annotated[tuple[Cidr, ...], EachOnce] = Field(
        (), max_length=100, description="IPv4 ranges that may reach Airflow; [] = everyone who reaches the address."
    )
    sign_in: SignInSettings | None = Field(
        None, description="Sign-in with Entra accounts; null = with a user name and password of Airflow."
    )

    @field_validator("allowed_cidrs")
    @classmethod
    def _apart(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        networks = [ipaddress.IPv4Network(cidr) for cidr in value]
        for network in networks:
            for other in networks:
                if network != other and network.subnet_of(other):
                    raise ValueError(f"{network} is inside {other}: remove one of them")
        return value

    @property
    def uses_http01(self) -> bool:
        """Whether Let's Encrypt checks the name by a request to the gateway (HTTP-01), not by a DNS record (DNS-01)."""
        return self.tls.from_lets_encrypt and self.dns_zone_id is None

    def host_in(self, region: str) -> str:
        """Return the host name under which people reach Airflow."""
        return self.host or f"{self.dns_label}.{region}.{AZURE_NAMES}"

    def url_in(self, region: str) -> str:
        """Return the address that people open, without a slash at its end."""
        return f"https://{self.host_in(region)}{self.path.rstrip('/')}"
