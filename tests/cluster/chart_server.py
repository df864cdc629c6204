"""A chart repository on 127.0.0.1 with the charts of this machine's cache."""

from __future__ import annotations

import io
import json
import re
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from charts.chart_cache import chart_folder, sha256_of
from components.settings.pins import load_pins
from tests.packaged_charts import NoChartError, available


def pinned(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every chart of charts/pins.yaml."""
    others = (content[name] for name in ("certManager", "envoyGateway", "externalSecrets"))
    for part in (*content["airflow"].values(), *others):
        yield part["chart"]


def repin(pins: Path, repository: str) -> list[str]:
    """Let a copy of charts/pins.yaml name this repository; returns what stands in for a version that is not there.

    A chart that is not there at all stays as it is: only what needs it is to fail.
    """
    content = yaml.safe_load(pins.read_text(encoding="utf-8"))
    replaced = []
    for chart in pinned(content):
        try:
            version = available(chart["name"], chart["version"])
        except NoChartError:
            continue
        if version != chart["version"]:
            replaced.append(f"{chart['name']} {version} for {chart['version']}")
        # A digest belongs to the package that it was pinned with.
        chart.pop("sha256", None)
        chart |= {"repository": repository, "version": version}
    pins.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return replaced


def require(line: str) -> None:
    """The charts of a release line, and of External Secrets. Raises NoChartError."""
    pins = load_pins()
    for chart in (pins.airflow[line].chart, pins.external_secrets.chart):
        available(chart.name, chart.version)


@contextmanager
def serving() -> Iterator[str]:
    """Serve the cache; the address."""
    folder = chart_folder()
    index = yaml.safe_dump(_index(folder)).encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Repository, index, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Repository(SimpleHTTPRequestHandler):
    """Files of the folder, and the index, which stands in no file."""

    def __init__(self, index: bytes, *arguments: Any, **more: Any) -> None:
        self.index = index
        super().__init__(*arguments, **more)

    def do_GET(self) -> None:
        if self.path != "/index.yaml":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.index)))
        self.end_headers()
        self.wfile.write(self.index)

    def log_message(self, *_: Any) -> None:
        pass


def _index(folder: Path) -> dict[str, Any]:
    entries: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(folder.glob("*.tgz")):
        content = file.read_bytes()
        chart = _description(content)
        entry = {**chart, "urls": [file.name], "digest": sha256_of(content)}
        entries.setdefault(str(chart["name"]), []).append(entry)
    return {"apiVersion": "v1", "entries": entries}


def _description(package: bytes) -> dict[str, Any]:
    """The Chart.yaml of a package."""
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as archive:
        member = next(item for item in archive.getmembers() if re.fullmatch(r"[^/]+/Chart\.yaml", item.name))
        file = archive.extractfile(member)
        assert file is not None
        # By way of JSON: dates in annotations are text in an index.
        return dict(json.loads(json.dumps(yaml.safe_load(file.read()), default=str)))


__all__ = ["pinned", "repin", "require", "serving"]
