"""Words of a name in any spelling: camelCase, PascalCase, kebab-case, SNAKE_CASE."""

from __future__ import annotations

import re
from typing import Final

# `findall` gives the words: `imagePullSecret` is image, Pull, Secret; `PublicIPAddress` is Public, IP, Address.
WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
