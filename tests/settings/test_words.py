"""How a name splits into words."""

from __future__ import annotations

import pytest

from components.settings.words import WORD


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("imagePullSecret", ["image", "Pull", "Secret"]),
        ("PublicIPAddress", ["Public", "IP", "Address"]),
        ("SMTP_PASSWORD", ["SMTP", "PASSWORD"]),
        ("external-secrets", ["external", "secrets"]),
        ("sha256Digest", ["sha256", "Digest"]),
        ("", []),
    ],
)
def test_name_splits_into_its_words_in_any_spelling(name: str, words: list[str]) -> None:
    assert WORD.findall(name) == words
