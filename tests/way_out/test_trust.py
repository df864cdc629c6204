"""Real programs with the bundle of authorities: they trust the company's server, and keep the public authorities."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from components.kubernetes.way_out import CERTIFICATE_VARIABLES, certificate_bundle
from components.settings.trusted_certificates import read_certificates
from tests.own_authority import serve, sign

PUBLIC: Final = "ISRG Root X1"
# The client library of Azure's SDKs, that of Airflow 3's tasks, and the standard library.
REQUESTS: Final = "import requests, sys; assert requests.get(sys.argv[1], timeout=20).text == 'trusted'"
HTTPX: Final = "import httpx, sys; assert httpx.get(sys.argv[1], timeout=20).text == 'trusted'"
URLLIB: Final = "import urllib.request as u, sys; assert u.urlopen(sys.argv[1], timeout=20).read() == b'trusted'"
GO: Final = Path(__file__).parent / "call" / "main.go"
PROGRAMS: Final = {
    "requests": [sys.executable, "-c", REQUESTS],
    "httpx": [sys.executable, "-c", HTTPX],
    "urllib": [sys.executable, "-c", URLLIB],
    "curl": ["curl", "--silent", "--show-error", "--fail", "--max-time", "20"],
    "git": ["git", "ls-remote"],
    "Go": ["go", "run", str(GO)],
}


@dataclass(frozen=True)
class Company:
    """A server of a company whose network inspects TLS, and the bundle that the containers mount."""

    address: str
    bundle: Path


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("company")
    root = sign("Company Root")
    bundle = folder / "ca-bundle.crt"
    bundle.write_text(certificate_bundle(read_certificates(root.pem)) or "")
    with serve(sign("git.example.com", root), folder) as address:
        yield Company(address, bundle)


def call(program: str, company: Company, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = PROGRAMS[program]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not on this machine")
    kept = {name: value for name, value in os.environ.items() if not name.upper().endswith(("_PROXY", "_BUNDLE"))}
    kept.pop("SSL_CERT_FILE", None)
    environment = {**kept, **variables, "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1", "GOFLAGS": "-mod=mod"}
    return subprocess.run(
        [*command, company.address], env=environment, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_trusts_the_companys_authority_by_the_variables_alone(program: str, company: Company) -> None:
    refused = call(program, company, {})
    assert refused.returncode != 0
    assert "certificate" in (refused.stdout + refused.stderr).lower()
    trusted = call(program, company, dict.fromkeys(CERTIFICATE_VARIABLES, str(company.bundle)))
    assert trusted.returncode == 0, trusted.stderr


def test_the_public_authorities_are_still_in_the_bundle(company: Company) -> None:
    context = ssl.create_default_context(cafile=company.bundle)
    names = {value for found in context.get_ca_certs() for part in found["subject"] for _, value in part}
    assert {"Company Root", PUBLIC} <= names
    assert len(names) > 100


def test_openssl_reads_every_certificate_of_the_bundle(company: Company) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not on this machine")
    command = ["openssl", "crl2pkcs7", "-nocrl", "-certfile", str(company.bundle)]
    packed = subprocess.run(command, capture_output=True, check=True).stdout
    shown = subprocess.run(
        ["openssl", "pkcs7", "-print_certs", "-noout"], input=packed, capture_output=True, check=True
    ).stdout.decode()
    assert shown.count("subject=") == company.bundle.read_text().count("-----BEGIN CERTIFICATE-----")
    assert PUBLIC in shown


def test_a_config_map_has_room_for_the_bundle_and_for_the_annotation_of_kubectl(company: Company) -> None:
    # Kubernetes, "Annotations": all of an object's annotations together have at most 256 KiB.
    assert len(company.bundle.read_bytes()) < 240 * 1024
