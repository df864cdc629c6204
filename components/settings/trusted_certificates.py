"""The certificates of a company's own authorities, as a stack file holds them."""

from __future__ import annotations

import datetime
import functools
import re
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

_BLOCK: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_BEGIN: Final = "-----BEGIN "
_FORM: Final = "must be certificates in PEM form, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate of an authority: its PEM text without anything around it, its subject, and when it ends."""

    pem: str
    subject: str
    ends: datetime.date


@functools.cache
def read_certificates(text: str) -> tuple[Certificate, ...]:
    """Return the certificates in their order.

    Raises:
        ValueError: the text holds none, a private key, or a certificate that no authority has. The message names the
            certificate by its position and never repeats the text.

    """
    blocks = list(_BLOCK.finditer(text))
    if "PRIVATE KEY-----" in text:
        raise ValueError(
            "holds a private key: remove it, and regard it as known to everybody who can read the file; "
            "only certificates belong here"
        )
    if not blocks or len(blocks) != text.count(_BEGIN):
        raise ValueError(_FORM)
    found: list[Certificate] = []
    for number, block in enumerate(blocks, 1):
        which = f"certificate {number} of {len(blocks)}"
        if block[1] != "CERTIFICATE":
            raise ValueError(f"{which} is a {block[1].lower()}: {_FORM}")
        certificate = _read(block[0], which)
        if any(other.pem == certificate.pem for other in found):
            raise ValueError(f"{which} is listed twice")
        found.append(certificate)
    return tuple(found)


def _read(pem: str, which: str) -> Certificate:
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        subject = certificate.subject.rfc4514_string() or "no subject"
        constraints = _basic_constraints(certificate)
    except ValueError as error:
        raise ValueError(f"{which} cannot be read: copy it again from its file") from error
    if not constraints:
        raise ValueError(
            f"{which} ({subject}) is not that of an authority (basicConstraints has no CA:TRUE): name the authority "
            "that signed it"
        )
    return Certificate(
        pem=certificate.public_bytes(Encoding.PEM).decode(),
        subject=subject,
        ends=certificate.not_valid_after_utc.date(),
    )


def _basic_constraints(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
