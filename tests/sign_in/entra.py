"""A stand-in for Entra on loopback, with real keys: it signs people in and answers as the v2.0 endpoints do."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.cluster.certificates import Authority

TENANT = "11111111-1111-1111-1111-111111111111"
CLIENT = "22222222-2222-2222-2222-222222222222"
SECRET = "a-client-secret"
# What Kubernetes writes into the token of the API server's account for the workload identity.
SUBJECT = "system:serviceaccount:airflow:airflow-api-server"
AUDIENCE = "api://AzureADTokenExchange"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class SigningKey:
    """A key and the id under which it is published."""

    key_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    private: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A token in the compact form."""
        return jwt.encode(dict(claims), self.private, algorithm="RS256", headers={"kid": self.key_id})

    @property
    def published(self) -> dict[str, Any]:
        """The public half, as JWKS has it."""
        return {**json.loads(RSAAlgorithm.to_jwk(self.private.public_key())), "kid": self.key_id, "use": "sig"}


@dataclass(frozen=True)
class _Code:
    query: Mapping[str, str]
    claims: Mapping[str, Any]
    key: SigningKey


class Entra:
    """A tenant with one app registration.

    `refusals` lists why the token endpoint refused a request; `proofs` how Airflow proved itself.
    """

    def __init__(self, folder: Path) -> None:
        self.key = SigningKey()
        self.cluster_key = SigningKey()
        self.refusals: list[str] = []
        self.proofs: list[str] = []
        self.certificate = folder / "ca.crt"
        self._codes: dict[str, _Code] = {}
        pair = Authority(folder).server()
        (folder / "entra.pem").write_bytes(pair.key + pair.certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "entra.pem")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def service_account_token(self) -> str:
        """What the cluster puts into the API server's pod."""
        return self.cluster_key.sign({"sub": SUBJECT, "aud": [AUDIENCE], "exp": int(time.time()) + 3600})

    def send_back(self, url: str, person: Mapping[str, Any], key: SigningKey | None = None) -> str:
        """Sign a person in at the address to which Airflow sent the browser; where Entra sends it back to.

        `person` holds claims over the usual ones; None leaves a claim out.
        """
        parts = urlsplit(url)
        assert url.startswith(f"{self.url}/{TENANT}/oauth2/v2.0/authorize?"), url
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        now = int(time.time())
        usual = {
            "iss": f"{self.url}/{TENANT}/v2.0",
            "aud": CLIENT,
            "tid": TENANT,
            "sub": "a-pairwise-id",
            "nonce": query["nonce"],
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "name": "Ada Lovelace",
            "preferred_username": "ada@example.com",
        }
        claims = {name: value for name, value in {**usual, **person}.items() if value is not None}
        code = uuid.uuid4().hex
        self._codes[code] = _Code(query, claims, key or self.key)
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def metadata(self) -> dict[str, Any]:
        """The OpenID configuration of the tenant."""
        tenant = f"{self.url}/{TENANT}"
        return {
            "issuer": f"{tenant}/v2.0",
            "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
            "token_endpoint": f"{tenant}/oauth2/v2.0/token",
            "jwks_uri": f"{tenant}/discovery/v2.0/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def redeem(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer a request for tokens."""
        code = self._codes.pop(form.get("code", ""), None)
        refusal = "the code is unknown" if code is None else self._refusal(form, code.query)
        if code is None or refusal is not None:
            self.refusals.append(str(refusal))
            return 400, {"error": "invalid_grant", "error_description": refusal}
        token = code.key.sign(code.claims)
        return 200, {"token_type": "Bearer", "expires_in": 3600, "access_token": "for-graph", "id_token": token}

    def _refusal(self, form: Mapping[str, str], asked: Mapping[str, str]) -> str | None:
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked.get("code_challenge"):
            return "the code verifier does not fit"
        if form.get("redirect_uri") != asked["redirect_uri"]:
            return "the redirect URI is another one"
        if form.get("client_id") != CLIENT:
            return "the client is unknown"
        if "client_secret" in form:
            self.proofs.append("secret")
            return None if form["client_secret"] == SECRET else "the client secret is wrong"
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            return "the client proves nothing"
        try:
            public = self.cluster_key.private.public_key()
            proof = jwt.decode(form.get("client_assertion", ""), public, algorithms=["RS256"], audience=AUDIENCE)
        except jwt.InvalidTokenError as error:
            return f"the client assertion is wrong: {error}"
        self.proofs.append("assertion")
        return None if proof["sub"] == SUBJECT else "no federated credential has this subject"


def _handler(entra: Entra) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers: dict[str, dict[str, Any]] = {
                f"/{TENANT}/v2.0/.well-known/openid-configuration": entra.metadata(),
                f"/{TENANT}/discovery/v2.0/keys": {"keys": [entra.key.published]},
            }
            found = answers.get(self.path)
            self._answer(404 if found is None else 200, found or {"error": "not found"})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path != f"/{TENANT}/oauth2/v2.0/token":
                self._answer(404, {"error": "not found"})
                return
            self._answer(*entra.redeem({name: values[0] for name, values in parse_qs(body).items()}))

        def _answer(self, status: int, content: Mapping[str, Any]) -> None:
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Keep the test's output free of requests."""

    return Handler
