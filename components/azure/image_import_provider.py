"""The dynamic provider that imports one image into a registry.

Pulumi pickles the provider into the state. A class of an importable module is pickled by reference: the state holds the
names of this module and the class but no code, so neither an edit here nor another Python version changes the state.
Therefore the names of module and class must not change, like a type token. Only methods import Azure's packages,
because the program itself never needs them.
"""

from __future__ import annotations

from typing import Any

from pulumi.dynamic import CreateResult, DiffResult, ResourceProvider, UpdateResult
from pulumi.runtime.rpc import UNKNOWN

REGISTRY_INPUTS = ("subscriptionId", "resourceGroupName", "registryName")
IMAGE_INPUTS = ("sourceRegistry", "sourceRepository", "tag", "digest", "targetRepository")
INPUTS = (*REGISTRY_INPUTS, "loginServer", "image", *IMAGE_INPUTS)

# The waits between five attempts, in total under four minutes. A source that still limits the rate after that does so
# for hours.
WAITS_SECONDS = (15, 30, 60, 120)
LONGEST_WAIT_SECONDS = 300
RATE_LIMIT_WORDS = ("toomanyrequests", "too many requests", "pull rate limit")
LONGEST_MESSAGE = 400


class ImageImportError(Exception):
    """An image could not be imported; the message names the image, the registry and the remedy."""


class ImageImportProvider(ResourceProvider):
    """Imports the image that the inputs name; the output `importedDigest` is the tag's digest in the registry.

    `importedDigest` is an empty string when no digest is pinned and the registry cannot be read, because a missing
    output would be unknown in every preview.
    """

    # The provider contains no secret, and as a plain value it keeps the state's diffs readable.
    serialize_as_secret_always = False

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Compare registry and image only. Another registry causes a replacement, unless its name is not known yet."""
        changed = _list_changes(_olds, _news)
        replaces = [key for key in changed if key in REGISTRY_INPUTS and _news.get(key) != UNKNOWN]
        return DiffResult(changes=bool(changed), replaces=replaces)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Import the image; raises ImageImportError on failure."""
        return CreateResult(f"{props['registryName']}/{props['image']}", self._import_image(props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Import the new image if the registry or the image has changed; otherwise send no request.

        Raises ImageImportError when the import fails.
        """
        if _list_changes(_olds, _news):
            return UpdateResult(self._import_image(_news))
        return UpdateResult({**_select_inputs(_news), "importedDigest": _olds.get("importedDigest", "")})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Leave the image in the registry: pods may still run it, and a rollback needs it."""

    def _import_image(self, props: dict[str, Any]) -> dict[str, Any]:
        """Import the image, and return the outputs for the state."""
        pinned = props.get("digest")
        imported = self._try_import(props, "NoForce")
        # A tag that cannot be read is overwritten like one with another digest, because pods pull the pinned digest.
        if not imported and pinned and self._read_digest(props) != pinned:
            self._try_import(props, "Force")
        return {**_select_inputs(props), "importedDigest": pinned or self._read_digest(props) or ""}

    def _try_import(self, props: dict[str, Any], mode: str) -> bool:
        """Import the image; return False when the tag exists already and `mode` does not overwrite it.

        Waits and tries again while Azure or the source registry limits the rate. Raises ImageImportError for other
        errors.
        """
        from azure.core.exceptions import AzureError

        waits = iter(WAITS_SECONDS)
        while True:
            try:
                self._run_import(props, mode)
                return True
            except AzureError as error:
                if self._tag_exists(props, error):
                    return False
                wait = next(waits, None)
                if wait is None or not _is_rate_limited(error):
                    raise ImageImportError(_describe_failure(props, error)) from None
                self._sleep(_read_retry_after(error) or wait)

    def _run_import(self, props: dict[str, Any], mode: str) -> None:
        from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
        from azure.mgmt.containerregistry.models import ImportImageParameters, ImportSource

        # By default the SDK fails to parse an error whose body is not JSON, for example the error of a proxy.
        errors = {**dict.fromkeys(range(400, 600), HttpResponseError), 401: ClientAuthenticationError}
        repository, tag = props["sourceRepository"], props["tag"]
        source = repository
        if props["sourceRegistry"] == "docker.io" and "/" not in repository:
            source = f"library/{repository}"
        reference = f"{source}@{props['digest']}" if props.get("digest") else f"{source}:{tag}"
        parameters = ImportImageParameters(
            source=ImportSource(registry_uri=props["sourceRegistry"], source_image=reference),
            target_tags=[f"{_target_repository(props)}:{tag}"],
            mode=mode,
        )
        with self._management_client(props["subscriptionId"]) as client:
            client.registries.begin_import_image(
                props["resourceGroupName"], props["registryName"], parameters, error_map=errors
            ).result()

    def _tag_exists(self, props: dict[str, Any], error: Exception) -> bool:
        """Return whether the import failed because the tag exists. Reads the registry if the error is unclear."""
        if "already exists" in str(error).lower():
            return True
        return getattr(error, "status_code", None) == 409 and self._read_digest(props) is not None

    def _read_digest(self, props: dict[str, Any]) -> str | None:
        """Return the tag's digest in the registry; None when there is no tag, or the registry cannot be read."""
        try:
            with self._digest_client(props["loginServer"]) as client:
                digest: str | None = client.get_tag_properties(_target_repository(props), props["tag"]).digest
                return digest
        except Exception:
            # A private registry, a missing role or a proxy's answer does not mean that the import has failed.
            return None

    def _management_client(self, subscription_id: str) -> Any:
        from azure.identity import DefaultAzureCredential
        from azure.mgmt.containerregistry import ContainerRegistryManagementClient

        return ContainerRegistryManagementClient(DefaultAzureCredential(), subscription_id)

    def _digest_client(self, login_server: str) -> Any:
        from azure.containerregistry import ContainerRegistryClient
        from azure.identity import DefaultAzureCredential

        return ContainerRegistryClient(
            f"https://{login_server}",
            DefaultAzureCredential(),
            audience="https://management.azure.com",
            connection_timeout=10,
            read_timeout=30,
        )

    def _sleep(self, seconds: float) -> None:
        import time

        time.sleep(seconds)


def _select_inputs(props: dict[str, Any]) -> dict[str, Any]:
    return {key: props[key] for key in INPUTS if props.get(key) is not None}


def _target_repository(props: dict[str, Any]) -> str:
    """Return the image's repository in the registry, which without a prefix is that of the source."""
    return str(props.get("targetRepository") or props["sourceRepository"])


def _list_changes(olds: dict[str, Any], news: dict[str, Any]) -> list[str]:
    """List the inputs of registry and image that differ."""
    return [key for key in (*REGISTRY_INPUTS, *IMAGE_INPUTS) if olds.get(key) != news.get(key)]


def _is_rate_limited(error: Exception) -> bool:
    text = str(error).lower()
    return getattr(error, "status_code", None) == 429 or any(words in text for words in RATE_LIMIT_WORDS)


def _read_retry_after(error: Exception) -> int:
    """Read the Retry-After header of the error, at most LONGEST_WAIT_SECONDS; 0 if there is none in seconds."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    value = str(headers.get("Retry-After", ""))
    return min(int(value), LONGEST_WAIT_SECONDS) if value.isdecimal() else 0


def _describe_failure(props: dict[str, Any], error: Exception) -> str:
    image = f"{props['sourceRegistry']}/{props['sourceRepository']}:{props['tag']}"
    if props.get("digest"):
        image += f"@{props['digest']}"
    detail = getattr(getattr(error, "error", None), "message", None) or getattr(error, "message", None) or str(error)
    reason = " ".join(str(detail).split())[:LONGEST_MESSAGE].rstrip(" .")
    return f"cannot import {image} into registry {props['registryName']}: {reason}; {_suggest_remedy(error)}"


def _suggest_remedy(error: Exception) -> str:
    from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

    if _is_rate_limited(error):
        return "the limit is on the other side, run `pulumi up` again later"
    if isinstance(error, ClientAuthenticationError):
        return "sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and a credential"
    status = getattr(error, "status_code", None) or 0
    if status == 403:
        return "the deployer needs Microsoft.ContainerRegistry/registries/importImage/action on the registry"
    if status >= 500 or not isinstance(error, HttpResponseError):
        return "check the connection to Azure and run `pulumi up` again"
    return "check source and tag in charts/pins.yaml"
