"""The table at the end of a run with the real engine: cases, passed, seconds, and what was really done."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.plans import ROOT


@dataclass(frozen=True)
class RunReport:
    """A report with a title, a column for each thing that is counted, and a file for the same as JSON."""

    title: str
    file: Path
    counted: Sequence[str]

    def counter(self, record_property: Callable[[str, Any], None]) -> Callable[..., None]:
        """A function with which a test says what it really did, by the columns."""

        def add(**numbers: int) -> None:
            for name, number in numbers.items():
                assert name in self.counted
                record_property(name, number)

        return add

    def write(self, terminalreporter: Any, *more: str) -> None:
        """Write the table with a row for each file of tests, and more lines after it; without a result, nothing."""
        names = ["cases", "passed", "seconds", *self.counted]
        rows: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(names, 0))
        for outcome in ("passed", "failed"):
            for report in terminalreporter.stats.get(outcome, []):
                row = rows[Path(report.nodeid.split("::")[0]).stem.removeprefix("test_").replace("_", " ")]
                row["cases"] += 1
                row["passed"] += outcome == "passed"
                row["seconds"] += report.duration
                for name, number in report.user_properties:
                    row[name] += number
        if not rows:
            return
        total = {name: sum(row[name] for row in rows.values()) for name in names}
        terminalreporter.section(self.title)
        terminalreporter.write_line(f"{'':24}" + "".join(f"{name:>11}" for name in names))
        for title, row in [*sorted(rows.items()), ("total", total)]:
            terminalreporter.write_line(f"{title:24}" + "".join(f"{row[name]:>11.0f}" for name in names))
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(json.dumps({"groups": rows, "total": total}, indent=2) + "\n", encoding="utf-8")
        for line in (*more, f"written to {self.file.relative_to(ROOT)}"):
            terminalreporter.write_line(line)
