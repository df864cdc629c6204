"""The error of everything that reads YAML here."""

from __future__ import annotations


class ReadError(ValueError):
    """A file that the CLI would refuse, with the line where that is known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line
