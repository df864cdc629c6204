"""The generated gateway in a real Envoy: what clients see, and what Airflow is told."""

from __future__ import annotations

import datetime
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from components.kubernetes import envoy_policies, gateway_objects
from tests.engine import envoy_proxy
from tests.engine.workspace import wait_until

HOST = "airflow.example.com"
CHALLENGE = "/.well-known/acme-challenge/token"


class Backend(BaseHTTPRequestHandler):
    """Says back what it was asked."""

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, "headers": {key.lower(): value for key, value in self.headers.items()}})
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(tz=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "tls.crt", folder / "tls.key"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return chain, private


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Gateway:
    """The addresses of a running one."""

    def __init__(self, ports: dict[str, int]) -> None:
        self.ports = ports

    def get(self, path: str, listener: str = "https", **headers: str) -> httpx.Response:
        scheme = "https" if listener == "https" else "http"
        url = f"{scheme}://127.0.0.1:{self.ports[listener]}{path}"
        with httpx.Client(verify=False, trust_env=False) as client:
            return client.get(url, headers={"Host": HOST, **headers}, extensions={"sni_hostname": HOST})


@contextmanager
def gateway(certificate: tuple[Path, Path], path: str = "/", cidrs: tuple[str, ...] = ()) -> Iterator[Gateway]:
    backend = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    ports = {name: free_port() for name in ("http", "https", "admin")}
    objects = {
        "Gateway": gateway_objects.gateway_spec("airflow-gateway", HOST, "airflow"),
        "Redirect": gateway_objects.redirect_route_spec(),
        "HTTPRoute": gateway_objects.airflow_route_spec("airflow-gateway", HOST, path, "airflow-api-server", 8080),
        "ClientTrafficPolicy": envoy_policies.client_traffic_spec(),
        "BackendTrafficPolicy": envoy_policies.backend_traffic_spec("airflow"),
    }
    if cidrs:
        objects["SecurityPolicy"] = envoy_policies.allowed_cidrs_spec("airflow", cidrs)
    config = envoy_proxy.bootstrap(objects, ports, int(backend.server_address[1]), certificate, CHALLENGE)
    with envoy_proxy.running(config) as process:

        def answers() -> bool:
            assert process.poll() is None, "Envoy refuses the config"
            with socket.socket() as tried:
                return tried.connect_ex(("127.0.0.1", ports["https"])) == 0

        wait_until(answers)
        try:
            yield Gateway(ports)
        finally:
            backend.shutdown()
            backend.server_close()


@pytest.fixture(scope="module")
def plain(certificate: tuple[Path, Path]) -> Iterator[Gateway]:
    with gateway(certificate) as found:
        yield found


def test_airflow_sees_the_clients_address_and_https(plain: Gateway) -> None:
    headers = plain.get("/home").json()["headers"]
    # Of a client on the same machine, Envoy names the machine's own address.
    assert ipaddress.ip_address(headers["x-forwarded-for"])
    assert headers["x-forwarded-proto"] == "https"
    assert (headers["x-forwarded-host"], headers["x-forwarded-port"]) == (HOST, "443")
    assert headers["host"] == HOST


def test_headers_of_a_client_that_airflow_would_believe_are_replaced(plain: Gateway) -> None:
    sent = {
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example.com",
        "X-Forwarded-Port": "81",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "host=evil.example.com",
    }
    headers = plain.get("/", **sent).json()["headers"]
    assert "evil" not in json.dumps(headers)
    assert (headers["x-forwarded-proto"], headers["x-forwarded-port"]) == ("https", "443")
    assert "forwarded" not in headers


def test_an_address_that_a_client_claims_does_not_come_last(plain: Gateway) -> None:
    headers = plain.get("/", **{"X-Forwarded-For": "203.0.113.7"}).json()["headers"]
    assert headers["x-forwarded-for"].split(",")[-1].strip() != "203.0.113.7"


def test_http_redirects_to_https_with_its_path(plain: Gateway) -> None:
    answer = plain.get("/dags?tag=a", "http")
    assert answer.status_code == 301
    assert answer.headers["location"].replace(f":{plain.ports['http']}", "") == f"https://{HOST}/dags?tag=a"


def test_a_challenge_is_answered_over_http(plain: Gateway) -> None:
    answer = plain.get(CHALLENGE, "http")
    assert (answer.status_code, answer.text) == (200, "proof")


def test_an_escaped_slash_of_a_name_reaches_the_api(plain: Gateway) -> None:
    assert plain.get("/api/v2/variables/a%2Fb").json()["path"] == "/api/v2/variables/a%2Fb"


def test_another_host_is_not_served(plain: Gateway) -> None:
    assert plain.get("/", Host="other.example.com").status_code == 404


@pytest.mark.parametrize(
    ("version", "accepted"),
    [(ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)],
)
def test_tls_is_1_2_or_newer(plain: Gateway, version: ssl.TLSVersion, accepted: bool) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with socket.create_connection(("127.0.0.1", plain.ports["https"])) as connection:
        try:
            with context.wrap_socket(connection, server_hostname=HOST) as secure:
                shaken = secure.version() is not None
        except ssl.SSLError:
            shaken = False
    assert shaken == accepted


def test_a_path_prefix_is_forwarded_and_nothing_beside_it(certificate: tuple[Path, Path]) -> None:
    with gateway(certificate, path="/data/airflow") as found:
        assert found.get("/data/airflow/home").json()["path"] == "/data/airflow/home"
        assert found.get("/data/airflowx").status_code == 404
        assert found.get("/").status_code == 404


@pytest.mark.parametrize(("cidr", "code"), [("127.0.0.0/8", 200), ("203.0.113.0/24", 403)])
def test_an_allow_list_is_for_https_and_no_header_gets_past_it(
    certificate: tuple[Path, Path], cidr: str, code: int
) -> None:
    with gateway(certificate, cidrs=(cidr,)) as found:
        assert found.get("/").status_code == code
        assert found.get("/", **{"X-Forwarded-For": "203.0.113.7"}).status_code == code
        assert found.get(CHALLENGE, "http").status_code == 200
