"""The error that the modules of this package raise."""

from __future__ import annotations


class ReadError(ValueError):
    """A file that the CLI would refuse; `line` is None if the line is not known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line
