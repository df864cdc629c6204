"""Splits a name into words, in any spelling: camelCase, PascalCase, kebab-case, SNAKE_CASE."""

from __future__ import annotations

import re
from typing import Final

# `findall` returns the words: image, Pull and Secret for `imagePullSecret`; Public, IP and Address for
# `PublicIPAddress`.
WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
