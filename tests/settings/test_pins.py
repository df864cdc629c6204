"""What charts/pins.yaml may hold, and how a wrong file is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from pulumi import RunError

from components.settings.pins import load_pins

DIGEST = f"sha256:{'a' * 64}"
STATSD = "tag: v0.30.0"
FILE = f"""\
airflow:
  "3.3":
    chart: {{name: airflow, repository: "https://airflow.example.com", version: 1.22.0}}
    images:
      airflow: {{source: docker.io/apache/airflow, tag: 3.3.2, digest: "{DIGEST}"}}
      statsd: {{source: registry.example.com/statsd-exporter, {STATSD}}}
chaos:
  images: {{}}
gpu:
  images: {{}}
envoyGateway:
  chart: {{name: gateway-helm, repository: "oci://registry.example.com/gateway", version: v1.9.2}}
  crds: gateway-crds-helm
  images: {{}}
externalSecrets:
  chart: {{name: external-secrets, repository: "https://charts.example.com", version: 2.12.0}}
  images: {{}}
certManager:
  chart: {{name: cert-manager, repository: "https://certificates.example.com", version: v1.21.2}}
  images: {{}}
"""
# What stands in the file instead of the exporter's tag; the path that the answer names; words of the answer.
BAD = [
    ("tag: v1, digest: sha256:abc", 'airflow."3.3".images.statsd.digest', "sha256: and 64 hexadecimal digits"),
    (f"tag: v1, digest: {DIGEST.upper()}", 'airflow."3.3".images.statsd.digest', "lower case"),
    (f"tag: v1, digest: {'a' * 64}", 'airflow."3.3".images.statsd.digest', "must be sha256:"),
    (f"tag: v1@{DIGEST}", 'airflow."3.3".images.statsd.tag', "must be an image tag"),
    ("tag: 0.30", 'airflow."3.3".images.statsd.tag', "must be text, in quotes"),
    ("digest: sha256:abc", 'airflow."3.3".images.statsd.tag', "is required"),
    ("tag: v1, digset: x", 'airflow."3.3".images.statsd.digset', "unknown key"),
]
CHART = "version: 2.12.0"


def test_digest_of_a_chart_is_64_digits(tmp_path: Path) -> None:
    lines = loaded(tmp_path, FILE.replace(CHART, f"{CHART}, sha256: {DIGEST}"))
    assert "externalSecrets.chart.sha256: must be 64 hexadecimal digits" in lines


def loaded(tmp_path: Path, text: str) -> str:
    file = tmp_path / "pins.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RunError) as caught:
        load_pins(file)
    return str(caught.value)


@pytest.mark.parametrize(("given", "path", "words"), BAD, ids=[row[0][:30] for row in BAD])
def test_a_wrong_pin_is_named_by_its_path(tmp_path: Path, given: str, path: str, words: str) -> None:
    lines = loaded(tmp_path, FILE.replace(STATSD, given)).splitlines()
    assert any(line.strip().startswith(f"{path}: ") and words in line for line in lines), lines


def test_every_wrong_pin_is_told_at_once(tmp_path: Path) -> None:
    text = FILE.replace(DIGEST, "sha256:1").replace(STATSD, "tag: v1, digest: sha256:2")
    message = loaded(tmp_path, text)
    assert message.startswith("2 problems in charts/pins.yaml:")
    assert "(is 'sha256:1')" in message
    assert "(is 'sha256:2')" in message


def test_a_file_that_is_no_yaml_is_refused_in_one_line(tmp_path: Path) -> None:
    message = loaded(tmp_path, "airflow: [")
    assert message.startswith("charts/pins.yaml cannot be read: ")
    assert "\n" not in message


def test_a_digest_stands_behind_the_tag_that_pods_ask_for(tmp_path: Path) -> None:
    file = tmp_path / "pins.yaml"
    file.write_text(FILE, encoding="utf-8")
    images = load_pins(file).airflow["3.3"].images
    assert images["airflow"].pull_tag == f"3.3.2@{DIGEST}"
    assert images["statsd"].pull_tag == "v0.30.0"


def test_the_file_has_the_tool_of_the_customized_image() -> None:
    assert "kubelogin" in load_pins().tools.images
