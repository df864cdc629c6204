"""Tests what `make pins` changes in the file, and what it prints."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
import yaml

from charts import update_pins
from charts.registry_lookup import Registries
from components.settings.pins import load_pins
from tests.charts.fake_sources import REGISTRY, digest
from tests.charts.pins_desk import AIRFLOW, CURRENT, EXPORTER, PINS, TODAY, Desk
from tests.plans import PINS_FILE


def test_digests_are_added(desk: Desk) -> None:
    assert desk.run() == 0
    assert f"airflow: {{source: {AIRFLOW}, tag: 3.3.2, digest: {digest('a')}}}" in desk.text
    assert f"airflow 3.3 airflow: 3.3.2 {digest('a')}" in desk.lines


def test_nothing_but_the_digests_changes(desk: Desk) -> None:
    desk.run()
    assert (
        desk.text.replace(f", digest: {digest('a')}", "")
        .replace(f", digest: {digest('b')}", "")
        .replace(f", digest: {digest('e')}", "")
        == PINS
    )


def test_the_second_run_changes_nothing(settled: Desk) -> None:
    before = settled.text
    assert settled.run() == 0
    assert settled.text == before


def test_a_newer_tag_comes_with_its_digest(settled: Desk) -> None:
    settled.sources.image(AIRFLOW, {**CURRENT, "3.3.3": digest("c")})
    settled.run()
    assert f"tag: 3.3.3, digest: {digest('c')}" in settled.text
    assert f"airflow 3.3 airflow: 3.3.2 -> 3.3.3 {digest('c')}" in settled.lines


def test_airflow_stays_in_its_release_line(settled: Desk) -> None:
    settled.sources.image(AIRFLOW, {**CURRENT, "3.4.0": digest("c")})
    assert settled.run(check=True) == 0


def test_the_version_that_the_line_leaves_is_kept_as_a_patch(settled: Desk) -> None:
    settled.sources.image(AIRFLOW, {**CURRENT, "3.3.3": digest("c")})
    settled.run()
    line = yaml.safe_load(settled.text)["airflow"]["3.3"]
    assert line["images"]["airflow"]["tag"] == "3.3.3"
    assert line["patches"] == {"3.3.2": {"source": AIRFLOW, "tag": "3.3.2", "digest": digest("a")}}
    assert f'"3.3.2": {{source: {AIRFLOW}, tag: 3.3.2, digest: {digest("a")}}}' in settled.text


def test_patches_are_kept_and_get_their_digests(desk: Desk) -> None:
    patches = f"    patches: # soaking\n      3.3.1: {{source: {AIRFLOW}, tag: 3.3.1}}\n"
    desk.file.write_text(PINS.replace('  "2.9":\n', f'{patches}  "2.9":\n'), encoding="utf-8")
    desk.sources.image(AIRFLOW, {**CURRENT, "3.3.1": digest("d"), "3.3.3": digest("c")})
    assert desk.run() == 0
    assert "patches: # soaking" in desk.text
    kept = yaml.safe_load(desk.text)["airflow"]["3.3"]["patches"]
    assert {name: (image["tag"], image["digest"]) for name, image in kept.items()} == {
        "3.3.1": ("3.3.1", digest("d")),
        "3.3.2": ("3.3.2", digest("a")),
    }
    assert f"airflow 3.3 patch 3.3.1: 3.3.1 {digest('d')}" in desk.lines
    before = desk.text
    assert desk.run(check=True) == 0
    assert desk.text == before


def test_a_patch_that_becomes_the_lines_own_stands_once(desk: Desk) -> None:
    patches = f"    patches:\n      3.3.3: {{source: {AIRFLOW}, tag: 3.3.3}}\n"
    desk.file.write_text(PINS.replace('  "2.9":\n', f'{patches}  "2.9":\n'), encoding="utf-8")
    desk.sources.image(AIRFLOW, {**CURRENT, "3.3.3": digest("c")})
    desk.run()
    line = yaml.safe_load(desk.text)["airflow"]["3.3"]
    assert (line["images"]["airflow"]["tag"], list(line["patches"])) == ("3.3.3", ["3.3.2"])


def test_the_program_reads_what_is_written_with_a_patch(settled: Desk, tmp_path: Path) -> None:
    pins = tmp_path / "shipped.yaml"
    pins.write_text(PINS_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    tags = {"3.3.3-python3.12": digest("c"), "3.3.2-python3.12": digest("a")}
    text = pins.read_text(encoding="utf-8").replace("tag: 3.3.2}", "tag: 3.3.2-python3.12}")
    document = update_pins.parse(text.replace("docker.io/apache/airflow", AIRFLOW))
    settled.sources.image(AIRFLOW, tags)
    update_pins.update(document, Registries(settled.sources.client()), TODAY, settled.lines.append)
    pins.write_text(update_pins.dump(document), encoding="utf-8")
    line = load_pins(pins).airflow["3.3"]
    assert line.versions == ("3.3.3", "3.3.2")
    assert line.at("3.3.2").images["airflow"].pull_tag == f"3.3.2-python3.12@{digest('a')}"


def test_another_image_leaves_its_minor_version(settled: Desk) -> None:
    settled.sources.image(EXPORTER, {"v0.31.0": digest("f")})
    settled.run()
    assert f"tools exporter: v0.30.0 -> v0.31.0 {digest('f')}" in settled.lines


def test_a_tag_that_means_something_else_now_is_said(settled: Desk) -> None:
    settled.sources.image(EXPORTER, {"v0.30.0": digest("f")})
    settled.run()
    assert f"tools exporter: v0.30.0 {digest('f')}, the tag meant {digest('e')} before" in settled.lines


def test_a_line_that_has_ended_keeps_its_tags(settled: Desk) -> None:
    settled.sources.image(AIRFLOW, {**CURRENT, "2.9.4": digest("c")})
    assert settled.run(check=True) == 0


def test_a_part_without_a_chart_has_its_images_looked_up(desk: Desk) -> None:
    chart = '  chart: {name: tools, repository: "https://tools.example.com", version: 2.12.0}\n'
    desk.file.write_text(PINS.replace(chart, ""), encoding="utf-8")
    assert desk.run() == 0
    assert f"tag: v0.30.0, digest: {digest('e')}" in desk.text


def test_one_part_alone_is_looked_at(desk: Desk) -> None:
    assert desk.run(only="tools") == 0
    assert desk.lines == [f"tools exporter: v0.30.0 {digest('e')}"]
    assert digest("a") not in desk.text


def test_a_part_that_is_not_there_is_refused(desk: Desk) -> None:
    assert desk.run(only="tool") == 2
    assert desk.lines == ["--only tool: no such part; parts are airflow, tools"]


def test_check_leaves_the_file(desk: Desk) -> None:
    desk.run(check=True)
    assert desk.text == PINS


def test_check_says_what_would_change_and_fails(desk: Desk) -> None:
    assert desk.run(check=True) == 1
    assert f"airflow 3.3 airflow: 3.3.2 {digest('a')}" in desk.lines


def test_check_passes_when_nothing_is_newer(settled: Desk) -> None:
    assert settled.run(check=True) == 0


def test_a_source_that_fails_does_not_stop_the_others(desk: Desk) -> None:
    desk.sources.answer("GET", f"{AIRFLOW.replace('/', '/v2/', 1)}/tags/list", 503)
    assert desk.run() == 1
    assert f"airflow 3.3 airflow: not looked up, {AIRFLOW}: 503 Service Unavailable from {REGISTRY}" in desk.lines
    assert f"tag: v0.30.0, digest: {digest('e')}" in desk.text


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, target: Path) -> Path:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        desk.run()
    assert desk.text == PINS
    assert list(desk.file.parent.iterdir()) == [desk.file]


def test_the_command_line_checks_the_file_of_the_charts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = desk.sources.client()
    monkeypatch.setattr(update_pins, "PINS_FILE", desk.file)
    monkeypatch.setattr(httpx, "Client", lambda **options: client)
    assert update_pins.main(["--check"]) == 1
    assert f"tools exporter: v0.30.0 {digest('e')}\n" in capsys.readouterr().out


def test_the_file_is_laid_out_as_it_would_be_written() -> None:
    text = PINS_FILE.read_text(encoding="utf-8")
    assert update_pins.dump(update_pins.parse(text)) == text
