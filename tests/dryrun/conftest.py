"""The repository that `make compare` is run in."""

from __future__ import annotations

from .compared_repository import once as once
from .compared_repository import repository as repository
from .compared_repository import runs_of_main as runs_of_main
from .compared_repository import tree as tree
