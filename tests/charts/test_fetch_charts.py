"""What `make charts` puts into the cache, and what it refuses."""

from __future__ import annotations

import hashlib
from pathlib import Path

import httpx
import pytest

from charts import fetch_charts
from charts.chart_cache import FOLDER_VARIABLE, chart_folder
from charts.registry_lookup import CHART_LAYER
from components.settings.pins import Pins, load_pins
from tests.charts.fake_sources import REGISTRY, FakeSources

PACKAGE = b"a package of a chart"
DIGEST = hashlib.sha256(PACKAGE).hexdigest()
OTHER = "a" * 64


class Desk:
    """A cache, its sources, and what was printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.sources = FakeSources()
        self.index("airflow.example.com", "airflow", "1.22.0", f"digest: {DIGEST}")
        self.index("charts.example.com", "external-secrets", "2.12.0", "")
        self.index("gateway.example.com", "gateway-helm", "v1.9.2", "", "gateway-crds-helm")
        self.index("certificates.example.com", "cert-manager", "v1.21.2", "")

    def index(self, host: str, name: str, version: str, more: str, *others: str) -> None:
        names = (name, *others)
        entries = (
            f"  {one}: [{{version: {version}, urls: [packages/{one}-{version}.tgz], {more}}}]\n" for one in names
        )
        self.sources.answer("GET", f"{host}/index.yaml", text=f"entries:\n{''.join(entries)}")
        for one in names:
            self.sources.answer("GET", f"{host}/packages/{one}-{version}.tgz", content=PACKAGE)

    def run(self, pins: Pins) -> int:
        self.lines.clear()
        return fetch_charts.run(self.sources.client(), pins, self.lines.append)

    def has(self, name: str) -> bool:
        return (self.folder / name).is_file() and (self.folder / name).read_bytes() == PACKAGE


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "charts"))
    return Desk(tmp_path / "charts")


def pins(tmp_path: Path, airflow: str = "", external: str = "https://charts.example.com") -> Pins:
    file = tmp_path / "pins.yaml"
    chart = f'{{name: airflow, repository: "https://airflow.example.com", version: 1.22.0{airflow}}}'
    other = f'{{name: external-secrets, repository: "{external}", version: 2.12.0}}'
    airflow_part = f'airflow:\n  "3.3":\n    chart: {chart}\n    images: {{}}\n'
    gateway = '{name: gateway-helm, repository: "https://gateway.example.com", version: v1.9.2}'
    gateway_part = f"envoyGateway:\n  chart: {gateway}\n  crds: gateway-crds-helm\n  images: {{}}\n"
    third = '{name: cert-manager, repository: "https://certificates.example.com", version: v1.21.2}'
    parts = {"externalSecrets": other, "certManager": third}
    others = "".join(f"{name}:\n  chart: {chart}\n  images: {{}}\n" for name, chart in parts.items())
    file.write_text(
        f"{airflow_part}chaos:\n  images: {{}}\ngpu:\n  images: {{}}\n{gateway_part}{others}", encoding="utf-8"
    )
    return load_pins(file)


def test_every_pinned_chart_comes_into_the_cache(desk: Desk, tmp_path: Path) -> None:
    assert desk.run(pins(tmp_path, f", sha256: {DIGEST}")) == 0
    assert desk.has("airflow-1.22.0.tgz")
    assert desk.has("external-secrets-2.12.0.tgz")
    assert desk.has("gateway-helm-v1.9.2.tgz")
    assert desk.has("gateway-crds-helm-v1.9.2.tgz")
    assert desk.has("cert-manager-v1.21.2.tgz")


def test_the_second_run_asks_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.run(pins(tmp_path))
    desk.sources.requests.clear()
    assert desk.run(pins(tmp_path)) == 0
    assert desk.sources.requests == []


def test_a_package_that_is_not_the_pinned_one_is_refused(desk: Desk, tmp_path: Path) -> None:
    assert desk.run(pins(tmp_path, f", sha256: {OTHER}")) == 1
    problem = f"the package of airflow 1.22.0 is sha256:{DIGEST}, and must be sha256:{OTHER}"
    assert f"airflow 1.22.0: not fetched, https://airflow.example.com: {problem}" in desk.lines
    assert not desk.has("airflow-1.22.0.tgz")
    assert desk.has("external-secrets-2.12.0.tgz"), "the others are fetched all the same"


def test_a_package_that_is_not_the_one_of_the_index_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.index("airflow.example.com", "airflow", "1.22.0", f"digest: {OTHER}")
    assert desk.run(pins(tmp_path)) == 1
    assert not desk.has("airflow-1.22.0.tgz")


def test_a_package_in_the_cache_that_is_not_the_pinned_one_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.run(pins(tmp_path))
    assert desk.run(pins(tmp_path, f", sha256: {OTHER}")) == 1
    assert f"{desk.folder / 'airflow-1.22.0.tgz'} is sha256:{DIGEST}" in desk.lines[0]


def test_a_version_that_the_repository_does_not_have_is_said(desk: Desk, tmp_path: Path) -> None:
    desk.index("airflow.example.com", "airflow", "1.23.0", "")
    assert desk.run(pins(tmp_path)) == 1
    assert desk.lines[0].endswith("has no version 1.22.0 of chart airflow")


def test_a_chart_of_a_registry_is_the_layer_of_its_manifest(desk: Desk, tmp_path: Path) -> None:
    place = f"{REGISTRY}/v2/charts/external-secrets"
    desk.sources.answer("GET", f"{place}/tags/list", json={"tags": ["2.12.0"]})
    layers = [{"mediaType": CHART_LAYER, "digest": f"sha256:{DIGEST}"}]
    desk.sources.answer("GET", f"{place}/manifests/2.12.0", json={"layers": layers})
    desk.sources.answer("GET", f"{place}/blobs/sha256:{DIGEST}", content=PACKAGE)
    assert desk.run(pins(tmp_path, external=f"oci://{REGISTRY}/charts")) == 0
    assert desk.has("external-secrets-2.12.0.tgz")


def test_an_image_is_no_chart(desk: Desk, tmp_path: Path) -> None:
    desk.sources.answer("GET", f"{REGISTRY}/v2/charts/external-secrets/manifests/2.12.0", json={"layers": []})
    assert desk.run(pins(tmp_path, external=f"oci://{REGISTRY}/charts")) == 1
    assert [line for line in desk.lines if line.startswith("external-secrets ") and line.endswith("is no chart")]


def test_the_command_line_fetches_the_charts_of_the_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk.sources.client()
    monkeypatch.setattr(httpx, "Client", lambda **options: client)
    assert fetch_charts.main() == 1, "the example hosts are not those of the file"


def test_the_cache_is_a_folder_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    assert chart_folder().name == "charts"
    assert chart_folder().parent.name == "airflow-aks"
