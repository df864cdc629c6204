"""The day of today is read in one place."""

from __future__ import annotations

import datetime
import re

import pytest
from pulumi import RunError

from components.settings.today import TODAY_VARIABLE, read_today
from tests.plans import ROOT, TODAY


def test_every_test_has_the_same_day() -> None:
    assert read_today() == datetime.date.fromisoformat(TODAY)


def test_without_the_variable_it_is_the_day_of_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TODAY_VARIABLE)
    before = datetime.datetime.now(tz=datetime.UTC).date()
    assert before <= read_today() <= datetime.datetime.now(tz=datetime.UTC).date()


@pytest.mark.parametrize("text", ["tomorrow", "2027-02-30", "31.3.2027"])
def test_a_day_that_does_not_exist_is_refused_by_the_variables_name(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TODAY_VARIABLE, text)
    with pytest.raises(RunError, match=f"{TODAY_VARIABLE}: must be a day, for example 2027-03-31"):
        read_today()


def test_no_other_module_asks_the_clock_for_the_day() -> None:
    clock = re.compile(r"\bdate\.today\(|\bdatetime\.(now|utcnow)\(|\btime\.time\(")
    files = [file for part in ("components", "dryrun", "charts", "image") for file in (ROOT / part).rglob("*.py")]
    reading = [file.relative_to(ROOT).as_posix() for file in files if clock.search(file.read_text(encoding="utf-8"))]
    assert reading == ["components/settings/today.py"]
