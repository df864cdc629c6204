"""The secrets that each delivery reads from the Key Vault, and the identity that reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pulumi import Input, Output

SecretKind = Literal["Opaque", "kubernetes.io/tls"]


@dataclass(frozen=True, kw_only=True)
class SecretSource:
    """The vault, the service account and identity that read it, and the secrets to read.

    `secrets` maps each Kubernetes Secret to its keys, and each key to the name of a secret in the vault. `versions`
    maps each Kubernetes Secret to a text that changes when one of its values does. With the kind `kubernetes.io/tls`,
    the keys of each Secret are `tls.crt` and `tls.key`, and both come from one secret: a certificate's.
    """

    namespace: Input[str]
    service_account: str
    client_id: Input[str]
    tenant_id: Input[str]
    vault_uri: Input[str]
    secrets: dict[str, dict[str, Output[str]]]
    versions: dict[str, Output[str]]
    kind: SecretKind = "Opaque"
