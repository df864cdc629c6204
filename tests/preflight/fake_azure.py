"""A fake Azure Resource Manager behind the real client: a transport that answers as the REST interface does."""

from __future__ import annotations

import base64
import io
import json
import re
import threading
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests
import urllib3
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline.transport import RequestsTransport

from . import azure_answers as answers
from .azure_answers import TENANT, Json

ENDPOINT = "https://management.azure.com"
GROUP = r"/subscriptions/[^/]+/resourceGroups/[^/]+"
ANY = r"/subscriptions/.+"
LOCATED = r"/locations/[a-z0-9]+"

# Name of the answer: method, path below the endpoint, and the only version that this Azure knows.
ROUTES = {
    "subscription": ("GET", r"/subscriptions/[^/]+", "2022-12-01"),
    "locations": ("GET", r"/subscriptions/[^/]+/locations", "2022-12-01"),
    "providers": ("GET", r"/subscriptions/[^/]+/providers", "2025-04-01"),
    "group": ("GET", GROUP, "2025-04-01"),
    "resources": ("GET", f"{GROUP}/resources", "2025-04-01"),
    "permissions": ("GET", f"{ANY}/providers/Microsoft.Authorization/permissions", "2022-05-01-preview"),
    "policies": ("POST", f"{ANY}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions", "2024-10-01"),
    "skus": ("GET", f"{ANY}/providers/Microsoft.Compute/skus", "2021-07-01"),
    "usages": ("GET", f"{ANY}/providers/Microsoft.Compute{LOCATED}/usages", "2024-11-01"),
    "versions": ("GET", f"{ANY}/providers/Microsoft.ContainerService{LOCATED}/kubernetesVersions", "2025-09-01"),
    "pools": ("GET", f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/[^/]+/agentPools", "2025-09-01"),
    "cluster": ("GET", f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/[^/]+", "2026-01-01"),
    "registry name": ("POST", f"{ANY}/providers/Microsoft.ContainerRegistry/checkNameAvailability", "2025-11-01"),
    "storage name": ("POST", f"{ANY}/providers/Microsoft.Storage/checkNameAvailability", "2024-01-01"),
    "vault name": ("POST", f"{ANY}/providers/Microsoft.KeyVault/checkNameAvailability", "2024-11-01"),
    "deleted vaults": ("GET", f"{ANY}/providers/Microsoft.KeyVault/deletedVaults", "2024-11-01"),
    "database name": ("POST", f"{ANY}/providers/Microsoft.DBforPostgreSQL/checkNameAvailability", "2025-08-01"),
    "capabilities": ("GET", f"{ANY}/providers/Microsoft.DBforPostgreSQL{LOCATED}/capabilities", "2025-08-01"),
    "label": ("GET", f"{ANY}/providers/Microsoft.Network{LOCATED}/CheckDnsNameAvailability", "2024-05-01"),
    "address": ("GET", f"{GROUP}/providers/Microsoft.Network/publicIPAddresses/[^/]+", "2024-05-01"),
    "registry": ("GET", f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/[^/]+", "2025-11-01"),
    "cache rule": (
        "GET",
        f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/[^/]+/cacheRules/[^/]+",
        "2025-11-01",
    ),
    "network": ("GET", f"{GROUP}/providers/Microsoft.Network/virtualNetworks/[^/]+", "2024-05-01"),
    "subnet": ("GET", f"{GROUP}/providers/Microsoft.Network/virtualNetworks/[^/]+/subnets/[^/]+", "2024-05-01"),
    "zone": ("GET", f"{GROUP}/providers/Microsoft.Network/privateDnsZones/[^/]+", "2024-06-01"),
    "zone links": (
        "GET",
        f"{GROUP}/providers/Microsoft.Network/privateDnsZones/[^/]+/virtualNetworkLinks",
        "2024-06-01",
    ),
    "zone record": ("GET", f"{GROUP}/providers/Microsoft.Network/privateDnsZones/[^/]+/A/[^/]+", "2024-06-01"),
    "zone groups": (
        "GET",
        f"{GROUP}/providers/Microsoft.Network/privateEndpoints/[^/]+/privateDnsZoneGroups",
        "2024-05-01",
    ),
    "provider": ("GET", r"/subscriptions/[^/]+/providers/[^/]+", "2025-04-01"),
    "route table": ("GET", f"{GROUP}/providers/Microsoft.Network/routeTables/[^/]+", "2024-05-01"),
    "vault": ("GET", f"{GROUP}/providers/Microsoft.KeyVault/vaults/[^/]+", "2024-11-01"),
    "vault secret": ("GET", f"{GROUP}/providers/Microsoft.KeyVault/vaults/[^/]+/secrets/[^/]+", "2024-11-01"),
    "all resources": ("GET", r"/subscriptions/[^/]+/resources", "2025-04-01"),
    "roles": ("GET", f"{ANY}/providers/Microsoft.Authorization/roleAssignments", "2022-04-01"),
    "feature": ("GET", f"{ANY}/providers/Microsoft.Features/providers/[^/]+/features/[^/]+", "2021-07-01"),
    "disk encryption set": ("GET", f"{GROUP}/providers/Microsoft.Compute/diskEncryptionSets/[^/]+", "2024-03-02"),
    "identity": ("GET", f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/[^/]+", "2023-01-31"),
    "key": ("GET", f"{GROUP}/providers/Microsoft.KeyVault/vaults/[^/]+/keys/[^/]+", "2024-11-01"),
    "workspace": ("GET", f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/[^/]+", "2023-09-01"),
}
# Of Azure's lists, this one names its entries in the plural.
PLURAL = ("versions",)
PAGE = 3

Response = tuple[int, dict[str, str], Any]


def refusal(status: int, code: str, message: str = "because") -> Response:
    return status, {}, {"error": {"code": code, "message": message}}


FORBIDDEN = refusal(403, "AuthorizationFailed", "The client does not have authorization to perform the action.")
MISSING = refusal(404, "ResourceNotFound")
LIMITED = (429, {"Retry-After": "7"}, {"error": {"code": "TooManyRequests", "message": "slow down"}})
BROKEN = refusal(500, "InternalServerError")
PROXY = (200, {"Content-Type": "text/html"}, "<html>sign in to the proxy</html>")
DOWN = requests.exceptions.ConnectionError("[Errno -3] Temporary failure in name resolution")


class FakeAzure(requests.adapters.BaseAdapter):
    """An Azure in which nothing stands in the way, until a test changes an answer.

    `refuse` maps the name of an answer to what comes instead, every time; `once` to what comes first. `by_path` maps
    the end of a path to an answer of its own, and `policies_by_type` a type of resources to what policies say of it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, Any] = {
            "subscription": answers.subscription(),
            "locations": answers.regions(),
            "providers": answers.providers(),
            "resources": [],
            "permissions": [answers.OWNER],
            "policies": {"fieldRestrictions": [], "contentEvaluationResult": {"policyEvaluations": []}},
            "skus": answers.skus(),
            "usages": answers.usages(),
            "versions": answers.kubernetes_versions(),
            "pools": [],
            "cluster": {"properties": {}},
            "deleted vaults": [],
            "capabilities": answers.capabilities(),
            "label": {"available": True},
            "all resources": [],
            "roles": [],
            **{f"{kind} name": {"nameAvailable": True} for kind in ("registry", "storage", "vault", "database")},
        }
        self.refuse: dict[str, Response | Exception] = {}
        self.once: dict[str, list[Response | Exception]] = {}
        self.by_path: dict[str, Json] = {}
        self.policies_by_type: dict[str, Json] = {}
        self.requests: list[requests.PreparedRequest] = []
        self._lock = threading.Lock()

    def asked(self, name: str) -> list[requests.PreparedRequest]:
        """The requests for an answer."""
        method, pattern, _ = ROUTES[name]
        return [
            request
            for request in self.requests
            if request.method == method and re.fullmatch(pattern, unquote(urlsplit(str(request.url)).path))
        ]

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        with self._lock:
            self.requests.append(request)
            found = self._answer(request)
        if isinstance(found, Exception):
            raise found
        status, headers, body = found
        response = requests.Response()
        response.status_code, response.request, response.url = status, request, str(request.url)
        response.headers.update({"Content-Type": "application/json; charset=utf-8", **headers})
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        response.raw = urllib3.HTTPResponse(body=io.BytesIO(content), headers=headers, preload_content=False)
        return response

    def close(self) -> None:
        pass

    def _answer(self, request: requests.PreparedRequest) -> Response | Exception:
        parts = urlsplit(str(request.url))
        path, query = unquote(parts.path), parse_qs(parts.query)
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return refusal(401, "AuthenticationFailed")
        for name, (method, pattern, version) in ROUTES.items():
            if request.method != method or not re.fullmatch(pattern, path):
                continue
            if query.get("api-version") != [version]:
                return refusal(400, "InvalidApiVersionParameter", f"{query.get('api-version')} is not supported")
            if self.once.get(name):
                return self.once[name].pop(0)
            if name in self.refuse:
                return self.refuse[name]
            return self._page(name, path, request, query)
        return refusal(404, "InvalidResourceType", f"no {request.method} {path}")

    def _page(self, name: str, path: str, request: requests.PreparedRequest, query: dict[str, list[str]]) -> Response:
        body = next((found for end, found in self.by_path.items() if path.lower().endswith(end.lower())), None)
        if name == "policies":
            kind = json.loads(request.body or "")["resourceDetails"]["resourceContent"]["type"]
            body = self.policies_by_type.get(kind)
        if body is None:
            body = self.answers.get(name)
        if body is None:
            return refusal(404, "ResourceGroupNotFound" if name == "group" else "ResourceNotFound", f"no {path}")
        if not isinstance(body, list):
            return 200, {}, body
        if name in PLURAL:
            return 200, {}, {"values": body}
        start = int(query.get("$skiptoken", ["0"])[0])
        page: Json = {"value": body[start : start + PAGE]}
        if start + PAGE < len(body):
            page["nextLink"] = f"{str(request.url).partition('&$skiptoken')[0]}&$skiptoken={start + PAGE}"
        return 200, {}, page


def token(**claims: str) -> str:
    """A token as Entra makes it, with a signature that nobody checks."""
    parts = ({"typ": "JWT"}, {"upn": "ada@contoso.com", "tid": TENANT, **claims})
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{head}.{body}.very-secret-signature"


TOKEN = token()


class Credential:
    def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        assert scopes == (f"{ENDPOINT}/.default",)
        return AccessToken(TOKEN, 4102444800)


class NoCredential:
    def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        raise ClientAuthenticationError(
            "DefaultAzureCredential failed to retrieve a token.\nAttempted credentials:\n..."
        )


class Transport(RequestsTransport):  # type: ignore[misc]
    """The SDK's own transport over the fake, without real pauses."""

    def __init__(self, azure: FakeAzure) -> None:
        session = requests.Session()
        session.mount("https://", azure)
        super().__init__(session=session, session_owner=False)
        self.pauses: list[float] = []

    def sleep(self, duration: float) -> None:
        self.pauses.append(duration)
