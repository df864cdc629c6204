"""Parses HTML and fails on tags that are not nested correctly."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}


class Outline(HTMLParser):
    """Collects ids, attributes and text; asserts that each end tag closes the innermost open tag."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for key, value in attrs if key == "id"]
        self.attributes += [(tag, key, value or "") for key, value in attrs]

    def links(self) -> list[str]:
        return [value for _, key, value in self.attributes if key == "href"]


def outline(page: str) -> Outline:
    parser = Outline()
    parser.feed(page)
    parser.close()
    return parser


def text(page: str) -> str:
    return "".join(outline(page).text).replace("\N{NO-BREAK SPACE}", " ")


def section(page: str, name: str) -> str:
    """Return the markup of one of the page's sections."""
    start = page.index(f'<section id="{name}"')
    return page[start : page.index("</section>", start) + len("</section>")]
