"""Wrong settings of the way in: names, zone, certificate, ranges, sign-in, and what Airflow's own settings say."""

from __future__ import annotations

from typing import Any

GUID = "00000000-0000-0000-0000-000000000001"
HOST = "airflow.example.com"
ZONE = f"/subscriptions/{GUID}/resourceGroups/dns/providers/Microsoft.Network/dnsZones/example.com"
SIGN_IN = {"tenantId": GUID, "clientId": GUID, "roles": {"Admin": ["Airflow.Admin"]}}
SECRET = {"signInClientSecret": {"secure": "x"}}


def _sign_in(**changes: Any) -> dict[str, Any]:
    return {"access": {"host": HOST, "signIn": {**SIGN_IN, **changes}}, **SECRET}


# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
ACCESS: list[tuple[dict[str, Any], str, str]] = [
    ({"access": {"dnsLabel": "My_Airflow"}}, "access.dnsLabel", "for example my-airflow"),
    ({"access": {"dnsLabel": "a"}}, "access.dnsLabel", "must be 3 to 63 lower-case letters"),
    ({"access": {"dnsLabel": "-air-"}}, "access.dnsLabel", "the first a letter, the last no hyphen, for example air"),
    ({"access": {"dnsLabel": 5}}, "access.dnsLabel", "must be text"),
    ({"access": {"host": f"https://{HOST}"}}, "access.host", f"without https://, port and path, for example {HOST} "),
    ({"access": {"host": f"{HOST}/flow/"}}, "access.host", f"{HOST}; the path is a setting of its own: path: /flow "),
    ({"access": {"host": f"{HOST}:8443"}}, "access.host", f"for example {HOST} (is"),
    ({"access": {"host": "203.0.113.7"}}, "access.host", "must be a host name alone"),
    ({"access": {"host": "*.example.com"}}, "access.host", "must be a host name alone"),
    ({"access": {"host": "airflow"}}, "access.host", "must be a host name alone"),
    (
        {"access": {"host": "Airflow.Example.com"}},
        "access.host",
        "in lower case, without https://, port and path, for ",
    ),
    ({"access": {"host": f"{'a' * 64}.example.com"}}, "access.host", "must be a host name alone"),
    ({"access": {"host": "me.canadacentral.cloudapp.azure.com"}}, "access.host", "use dnsLabel: me instead"),
    ({"access": {"dnsLabel": "me-too", "host": HOST}}, "access.dnsLabel", "is set beside airflow-aks:access.host"),
    (
        {"access": {}},
        "access.host",
        "is required, for example host: airflow.example.com, or airflow-aks:access.dnsLabel",
    ),
    (
        {"access": {"visibility": "internal", "tls": {"issuer": "selfSigned"}}},
        "access.host",
        "is required, for example",
    ),
    (
        {"access": {"visibility": "internal", "dnsLabel": "me-too", "tls": {"issuer": "selfSigned"}}},
        "access.dnsLabel",
        "airflow-aks:access.visibility is internal: use airflow-aks:access.host",
    ),
    ({"access": {"host": HOST, "path": "airflow"}}, "access.path", "for example /airflow (is 'airflow')"),
    (
        {"access": {"host": HOST, "path": "/airflow/"}},
        "access.path",
        "without a slash at its end, for example /airflow",
    ),
    ({"access": {"host": HOST, "path": "/../x"}}, "access.path", "for example /x"),
    ({"access": {"host": HOST, "path": "/.well-known"}}, "access.path", "for example /well-known"),
    ({"access": {"host": HOST, "path": "/a b"}}, "access.path", "for example /a/b"),
    ({"access": {"host": HOST, "visibility": "private"}}, "access.visibility", "must be one of public, internal"),
    ({"access": {"host": HOST, "replicas": 0}}, "access.replicas", "must be at least 1"),
    ({"access": {"host": HOST, "gatewayClass": "nginx"}}, "access.gatewayClass", "must be one of envoy, appRouting"),
    ({"access": {"host": HOST, "gatewayClass": "appRouting"}}, "access.gatewayClass", "appRouting is not offered yet"),
    ({"access": {"hots": HOST}}, "access.hots", "did you mean host?"),
    (
        {"access": {"host": HOST, "tls": {"issuer": "acme"}}},
        "access.tls.issuer",
        "must be one of letsencrypt, letsencry",
    ),
    ({"access": {"host": HOST, "tls": {"email": "ops"}}}, "access.tls.email", "must be a mail address"),
    ({"access": {"host": HOST, "tls": {"emial": "a@b.c"}}}, "access.tls.emial", "did you mean email?"),
    ({"access": "public"}, "access", "must be a mapping of settings"),
    (
        {"access": {"host": HOST, "visibility": "internal"}},
        "access.tls.issuer",
        "access.visibility is internal: set airflow-aks:access.dnsZoneId, or use keyVault or selfSigned",
    ),
    (
        {"access": {"host": HOST, "visibility": "internal", "tls": {"issuer": "letsencryptStaging"}}},
        "access.tls.issuer",
        "letsencryptStaging without airflow-aks:access.dnsZoneId checks the name over HTTP",
    ),
    (
        {"access": {"host": HOST, "tls": {"issuer": "keyVault"}}},
        "access.tls.certificate",
        "is required with airflow-aks",
    ),
    (
        {"access": {"host": HOST, "tls": {"issuer": "keyVault", "certificate": "my cert"}}},
        "access.tls.certificate",
        "must be the name of a certificate in the Key Vault",
    ),
    ({"access": {"host": HOST, "dnsZoneId": "example.com"}}, "access.dnsZoneId", "must be the id of a public DNS zone"),
    (
        {"access": {"host": HOST, "dnsZoneId": ZONE.replace("dnsZones", "privateDnsZones")}},
        "access.dnsZoneId",
        "must be the id of a public DNS zone",
    ),
    (
        {"access": {"host": "airflow.example.org", "dnsZoneId": ZONE}},
        "access.dnsZoneId",
        "is the zone example.com, which does not hold airflow-aks:access.host: airflow.example.org; give the zone "
        "example.org, or a host such as airflow.example.com",
    ),
    ({"access": {"host": "airflowexample.com", "dnsZoneId": ZONE}}, "access.dnsZoneId", "does not hold"),
    ({"access": {"dnsLabel": "me-too", "dnsZoneId": ZONE}}, "access.dnsZoneId", "needs airflow-aks:access.host"),
    ({"access": {"host": HOST, "allowedCidrs": ["2001:db8::/32"]}}, "access.allowedCidrs[0]", "must be an IPv4 range"),
    ({"access": {"host": HOST, "allowedCidrs": ["203.0.113.7/24"]}}, "access.allowedCidrs[0]", "must be an IPv4 range"),
    (
        {"access": {"host": HOST, "allowedCidrs": ["203.0.113.0/24", "203.0.0.0/16"]}},
        "access.allowedCidrs",
        "203.0.113.0/24 is inside 203.0.0.0/16: remove one of them",
    ),
    ({"access": {"host": HOST, "allowedCidrs": ["203.0.113.0/24"] * 2}}, "access.allowedCidrs", "is listed twice"),
    (_sign_in(roles={"Owner": ["x"]}), "access.signIn.roles.Owner", "must be one of Admin, Op, User, Viewer"),
    (_sign_in(roles={"Public": ["x"]}), "access.signIn.roles.Public", "must be one of Admin, Op, User, Viewer"),
    (_sign_in(roles={"Admin": []}), "access.signIn.roles", "Admin has no members: list app roles or group ids, for "),
    (_sign_in(roles={}), "access.signIn.roles", "must name a role, for example Admin: [Airflow.Admin]"),
    (_sign_in(roles={"Op": ["a b"]}), "access.signIn.roles.Op[0]", "the value of an app role, up to 120 characters"),
    (_sign_in(roles={"Op": ["a", "A"]}), "access.signIn.roles.Op", "is listed twice"),
    (_sign_in(roles=None), "access.signIn.roles", "must be a mapping"),
    (_sign_in(tenantId="contoso.com"), "access.signIn.tenantId", "must be an Entra tenant id"),
    (_sign_in(clientId="airflow"), "access.signIn.clientId", "must be an Entra application id"),
    (_sign_in(sessionHours=0), "access.signIn.sessionHours", "must be at least 1"),
    (_sign_in(federated="yes"), "access.signIn.federated", "must be true or false"),
    (
        {"access": {"host": HOST, "signIn": SIGN_IN}},
        "signInClientSecret",
        "pulumi config set --secret airflow-aks:signInClientSecret`, or set airflow-aks:access.signIn.federated: true",
    ),
    ({**_sign_in(), "signInClientSecret": "in-the-clear"}, "signInClientSecret", "is in plain text"),
    (
        {"access": {"host": HOST}, "airflow.config": {"api": {"base_url": f"https://{HOST}"}}},
        "airflow.config.api.base_url",
        "is set by the program from airflow-aks:access (host, dnsLabel and path): remove it here",
    ),
    (
        {"access": {"host": HOST}, "airflow.environment": {"AIRFLOW__API__BASE_URL": f"https://{HOST}"}},
        "airflow.environment.AIRFLOW__API__BASE_URL",
        "is set by the program from airflow-aks:access",
    ),
    (
        {
            "access": {"host": HOST},
            "airflow.values": {"apiServer": {"env": [{"name": "AIRFLOW__API__BASE_URL", "value": f"https://{HOST}"}]}},
        },
        "airflow.values.apiServer.env[0].value",
        "is set by the program from airflow-aks:access",
    ),
    (
        {
            "access": {"host": HOST},
            "airflow.release": "2.9",
            "airflow.config": {"webserver": {"base_url": "https://x.y"}},
        },
        "airflow.config.webserver.base_url",
        "is set by the program from airflow-aks:access",
    ),
    (
        {"access": {"host": HOST}, "airflow.config": {"fab": {"enable_proxy_fix": False}}},
        "airflow.config.fab.enable_proxy_fix",
        "is set by the program from airflow-aks:access (the gateway)",
    ),
    (
        {"access": {"host": HOST}, "airflow.environment": {"FORWARDED_ALLOW_IPS": "*"}},
        "airflow.environment.FORWARDED_ALLOW_IPS",
        "is set by the program from airflow-aks:access (the gateway)",
    ),
    (
        {"access": {"host": HOST}, "airflow.values": {"apiServer": {"args": ["bash"]}}},
        "airflow.values.apiServer.args",
        "so that Airflow trusts the gateway's headers: remove it here",
    ),
]
