"""Tests what `make pins` does with the versions and digests of charts."""

from __future__ import annotations

import yaml

from tests.charts.fake_sources import digest
from tests.charts.pins_desk import Desk


def test_a_line_that_has_ended_keeps_its_chart(settled: Desk) -> None:
    settled.run()
    assert yaml.safe_load(settled.text)["airflow"]["2.9"]["chart"]["version"] == "1.15.0"
    assert settled.lines == ["airflow 2.9 chart: 1.22.0 is there but not taken, read its release notes first"]


def test_a_newer_chart_is_taken(settled: Desk) -> None:
    settled.sources.chart("tools.example.com", "tools", ["3.0.0", "2.13.0"])
    settled.run()
    assert yaml.safe_load(settled.text)["tools"]["chart"]["version"] == "3.0.0"
    assert "tools chart: 2.12.0 -> 3.0.0" in settled.lines


def test_a_chart_comes_with_the_digest_of_its_package(settled: Desk) -> None:
    settled.sources.chart("tools.example.com", "tools", ["2.13.0"], "c" * 64)
    settled.run()
    assert yaml.safe_load(settled.text)["tools"]["chart"]["sha256"] == "c" * 64
    assert f"tools chart: 2.12.0 -> 2.13.0 sha256:{'c' * 64}" in settled.lines
    assert settled.run() == 0
    assert not [line for line in settled.lines if line.startswith("tools chart")]


def test_a_package_that_is_another_one_now_is_said(settled: Desk) -> None:
    settled.sources.chart("tools.example.com", "tools", ["2.12.0"], "c" * 64)
    settled.run()
    settled.sources.chart("tools.example.com", "tools", ["2.12.0"], "d" * 64)
    settled.run()
    was = f"the package was sha256:{'c' * 64} before"
    assert f"tools chart: 2.12.0 sha256:{'d' * 64}, {was}" in settled.lines


def test_a_digest_does_not_outlive_its_version(settled: Desk) -> None:
    settled.sources.chart("tools.example.com", "tools", ["2.12.0"], "c" * 64)
    settled.run()
    settled.sources.chart("tools.example.com", "tools", ["2.13.0"])
    settled.run()
    assert yaml.safe_load(settled.text)["tools"]["chart"] == {
        "name": "tools",
        "repository": "https://tools.example.com",
        "version": "2.13.0",
    }


def test_a_pre_release_of_a_chart_is_not_taken(settled: Desk) -> None:
    settled.sources.chart("tools.example.com", "tools", ["2.13.0-rc.1", "2.12.0"])
    assert settled.run(check=True) == 0


def test_the_chart_of_airflow_stays_in_its_major_version(settled: Desk) -> None:
    settled.sources.chart("airflow.example.com", "airflow", ["2.0.0", "1.23.0"])
    settled.run()
    assert yaml.safe_load(settled.text)["airflow"]["3.3"]["chart"]["version"] == "1.23.0"
    assert "airflow 3.3 chart: 1.22.0 -> 1.23.0" in settled.lines


def test_a_new_major_version_of_airflows_chart_is_a_hint(settled: Desk) -> None:
    settled.sources.chart("airflow.example.com", "airflow", ["2.0.0", "1.22.0"])
    assert settled.run(check=True) == 0
    assert "airflow 3.3 chart: 2.0.0 is there but not taken, read its release notes first" in settled.lines


def test_a_chart_repository_that_fails_does_not_stop_the_images(desk: Desk) -> None:
    desk.sources.answer("GET", "tools.example.com/index.yaml", 500)
    assert desk.run() == 1
    assert f"tag: v0.30.0, digest: {digest('e')}" in desk.text
