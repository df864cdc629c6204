"""Wrong settings of the proxy and of the company's own certificate authorities."""

from __future__ import annotations

from typing import Any

from tests.authorities import EXPIRED, INSPECTION, ROOT, SERVER, WITHOUT_CONSTRAINTS

HTTP = "http://proxy.example.com:3128"
KEY = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n"
BROKEN = ROOT.replace("MIIB", "MIIC", 1)


def proxy(**section: Any) -> dict[str, Any]:
    return {"proxy": section}


def http(**section: Any) -> dict[str, Any]:
    return proxy(http=HTTP, **section)


# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
PROXY: list[tuple[dict[str, Any], str, str]] = [
    (proxy(http="proxy.example.com:3128"), "proxy.http", "must begin with http://"),
    (proxy(http="https://proxy.example.com:3128"), "proxy.http", "must begin with http://, for example"),
    (proxy(http="socks5://proxy.example.com:1080"), "proxy.http", "must begin with http://"),
    (proxy(http="http://proxy.example.com:3128/pac"), "proxy.http", "must end with the port, without a path"),
    (proxy(http="http://proxy.example.com:0"), "proxy.http", "must have a port from 1 to 65535"),
    (proxy(http="http://proxy.example.com:port"), "proxy.http", "must have a port from 1 to 65535"),
    (proxy(http="http://proxy:3128"), "proxy.http", "must have the full name of a host"),
    (proxy(http="http://:3128"), "proxy.http", "the name of a host or an IPv4 address"),
    (proxy(http="http://[fd00::1]:3128"), "proxy.http", "the name of a host or an IPv4 address"),
    (proxy(http="http://proxy.tools.svc:3128"), "proxy.http", "is a service of the cluster"),
    (proxy(http="http://10.0.0.9:3128"), "proxy.http", "10.0.0.9 is in 10.0.0.0/16, a range inside the cluster"),
    (proxy(http=3128), "proxy.http", "must be text"),
    (proxy(http="http://user:pa55word@proxy.example.com:3128"), "proxy.http", "holds a user name or a password"),
    (http(https="ftp://proxy.example.com"), "proxy.https", "must begin with http:// or https://"),
    (http(https="https://user@proxy.example.com"), "proxy.https", "holds a user name or a password"),
    (http(https="http://10.244.1.1:80"), "proxy.https", "is in 10.244.0.0/16"),
    (proxy(https=HTTP), "proxy.https", "has no effect without airflow-aks:proxy.http"),
    (proxy(noProxy=[".example.com"]), "proxy.noProxy", "has no effect without airflow-aks:proxy.http"),
    (proxy(), "proxy", "is empty: set http or trustedCa"),
    (http(noProxy=["https://example.com"]), "proxy.noProxy[0]", "must be a host without a scheme"),
    (http(noProxy=["*.example.com"]), "proxy.noProxy[0]", ".example.com stands for every host below"),
    (http(noProxy=["*"]), "proxy.noProxy[0]", "must have no wildcard"),
    (http(noProxy=["example.com:443"]), "proxy.noProxy[0]", "must be a host without a port"),
    (http(noProxy=["10.1.2.300"]), "proxy.noProxy[0]", "must be an IPv4 address or range"),
    (http(noProxy=["10.1.2.3/16"]), "proxy.noProxy[0]", "must be an IPv4 address or range"),
    (http(noProxy=["a_b.example.com"]), "proxy.noProxy[0]", "must be a host, a domain or an IPv4 range"),
    (http(noProxy=[""]), "proxy.noProxy[0]", "must be a host, a domain or an IPv4 range"),
    (http(noProxy=[".example.com", ".EXAMPLE.com"]), "proxy.noProxy", ".example.com is listed twice"),
    (http(noProxy=".example.com"), "proxy.noProxy", "must be a list"),
    (http(noproxy=[]), "proxy.noproxy", "did you mean noProxy?"),
    (proxy(trustedCa=""), "proxy.trustedCa", "must be certificates in PEM form"),
    (proxy(trustedCa="/etc/ssl/company.pem"), "proxy.trustedCa", "must be certificates in PEM form"),
    (proxy(trustedCa=ROOT[:-30]), "proxy.trustedCa", "must be certificates in PEM form"),
    (proxy(trustedCa=ROOT + BROKEN), "proxy.trustedCa", "certificate 2 of 2 cannot be read"),
    (proxy(trustedCa=INSPECTION + ROOT + INSPECTION), "proxy.trustedCa", "certificate 3 of 3 is listed twice"),
    (proxy(trustedCa=ROOT + KEY), "proxy.trustedCa", "holds a private key"),
    (proxy(trustedCa=ROOT + SERVER), "proxy.trustedCa", "certificate 2 of 2 (CN=proxy.example.com) is not that of an"),
    (proxy(trustedCa=WITHOUT_CONSTRAINTS), "proxy.trustedCa", "basicConstraints has no CA:TRUE"),
    (
        proxy(trustedCa=ROOT.replace("CERTIFICATE", "X509 CRL")),
        "proxy.trustedCa",
        "certificate 1 of 1 is a x509 crl",
    ),
    ({**http(), "airflow.environment": {"HTTPS_PROXY": HTTP}}, "airflow.environment.HTTPS_PROXY", "airflow-aks:proxy"),
    (
        {**http(), "airflow.environment": {"no_proxy": ".svc"}},
        "airflow.environment.no_proxy",
        "(http, https and noProxy)",
    ),
    ({**http(), "airflow.environment": {"ALL_PROXY": HTTP}}, "airflow.environment.ALL_PROXY", "airflow-aks:proxy"),
    (
        {**http(), "airflow.keyVaultSecrets": {"HTTP_PROXY": "proxy"}},
        "airflow.keyVaultSecrets.HTTP_PROXY",
        "is set by airflow-aks:proxy",
    ),
    (
        {**http(), "airflow.values": {"scheduler": {"env": [{"name": "http_proxy", "value": HTTP}]}}},
        "airflow.values.scheduler.env[0].value",
        "http_proxy is set by airflow-aks:proxy",
    ),
    (
        {**proxy(trustedCa=ROOT), "airflow.environment": {"REQUESTS_CA_BUNDLE": "/opt/ca.pem"}},
        "airflow.environment.REQUESTS_CA_BUNDLE",
        "is set by airflow-aks:proxy (trustedCa) in every container: remove one",
    ),
]
# What is right, and what it warns of: words, or none.
ALLOWED: list[tuple[dict[str, Any], str]] = [
    (proxy(trustedCa=f"# Our root\n{ROOT}\n\n# For inspection\n{INSPECTION}"), ""),
    (proxy(trustedCa=ROOT.replace("\n", "\r\n")), ""),
    (http(https="https://proxy.example.com", noProxy=[".example.org", "10.60.0.0/16", "192.0.2.7"]), ""),
    (proxy(http="http://192.0.2.8:8080/"), ""),
    ({**proxy(trustedCa=ROOT), "airflow.environment": {"HTTPS_PROXY": HTTP}}, ""),
    ({**http(), "airflow.environment": {"REQUESTS_CA_BUNDLE": "/opt/ca.pem"}}, ""),
    (proxy(trustedCa=ROOT + EXPIRED), "certificate 2 (CN=Example Former Root) expired on 2020-01-01: replace it"),
    (
        {**http(), "dags.git": {"repository": "https://git.example.com/dags.git"}},
        "",
    ),
]
