"""Recognizes secrets in plain text, by the name of their key and by their form."""

from __future__ import annotations

import re
from typing import Final

from components.settings.words import WORD as _WORD

ADVICE: Final = "a secret belongs in the Key Vault, never in the stack file"

# The last words of keys that hold a secret itself; `passwordSecretName` and `tokenFile` end in other words.
_SECRET_WORDS: Final = frozenset({"pass", "passphrase", "passwd", "password", "pwd", "secret", "token"})
_KEYS_OF_SECRETS: Final = frozenset(
    {"access", "account", "api", "encryption", "fernet", "private", "secret", "shared", "ssh"}
)
# Keys that end in one of the words above, but hold only the name of a Kubernetes Secret.
_NAMES_OF_SECRETS: Final = frozenset(
    {"credentialsSecret", "existingSecret", "imagePullSecret", "pullSecret", "sshKeySecret", "tlsSecret"}
)
# The length of a URL's scheme is bounded. Without a bound, the search time would grow with the square of the text's
# length.
_TEXTS: Final = (
    re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/?#@:]*:[^\s/?#@]+@"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    re.compile(r"(AccountKey|SharedAccessKey|SharedAccessSignature)=\S"),
    re.compile(r"[?&]sig=[^&\s]"),
    re.compile(
        r"[\"?&](?:[a-z0-9_]*_)?(?:access_?key|account_key|pass|passwd|password|private_key|sas_token|secret|token)"
        r"(?:\\*\"\s*:\s*\\*\"[^\"\\]|=[^&\s])",
        re.IGNORECASE,
    ),
)


def secret_name(key: str) -> bool:
    """Return whether a key's name is that of a secret: `password`, `jwtSecret`, `SMTP_PASSWORD`, `fernetKey`."""
    if key in _NAMES_OF_SECRETS:
        return False
    words = [word.lower() for word in _WORD.findall(key)]
    if not words:
        return False
    return words[-1] in _SECRET_WORDS or (words[-1] == "key" and len(words) > 1 and words[-2] in _KEYS_OF_SECRETS)


def secret_text(text: str) -> bool:
    """Return whether a text holds a secret, whatever its key: a URL with a password, a private key, an account key."""
    return any(pattern.search(text) for pattern in _TEXTS)


def clear_secret(key: str, value: object) -> bool:
    """Return whether a key and its value are a secret in plain text."""
    if not isinstance(value, str) or not value.strip() or value.lower() in ("true", "false"):
        return False
    return secret_name(key) or secret_text(value)
