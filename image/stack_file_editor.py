"""Sets the customized image in a stack file without changing its other lines."""

from __future__ import annotations

import io
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

SECTION: Final = "airflow-aks:airflow"
# The indents of a list's items and of their dashes: those of the shipped files, and those that the Pulumi CLI writes.
_LAYOUTS: Final = ((4, 2), (2, 0))


class StackFileLayoutError(Exception):
    """The image cannot be set in the stack file without changing other lines."""


def format_lines(repository: str, tag: str) -> str:
    """Return the lines that set the image, to be copied into the stack file below `config:`."""
    return f"  {SECTION}:\n    image:\n      repository: {repository}\n      tag: {tag}\n"


def set_image(text: str, repository: str, tag: str) -> str:
    """Return the text of a stack file with the image set. Comments, quotes and order stay.

    Raises:
        StackFileLayoutError: the file is not valid YAML, or rewriting it would change other lines.

    """
    for layout in map(_make_yaml, _LAYOUTS):
        try:
            document = layout.load(text)
        except YAMLError as error:
            raise StackFileLayoutError(f"the stack file is not valid YAML: {str(error).splitlines()[0]}") from error
        if _dump(layout, document) == text:
            _update_document(document, repository, tag)
            return _dump(layout, document)
    raise StackFileLayoutError("the stack file's layout would not survive: set the lines yourself")


def _update_document(document: Any, repository: str, tag: str) -> None:
    config = document["config"]
    section = config.get(SECTION)
    if not isinstance(section, CommentedMap):
        section = config[SECTION] = CommentedMap()
    image = section.get("image")
    if not isinstance(image, CommentedMap):
        # Inserted as the first key. As the last key, it would stand after the comment of the next section.
        section.insert(0, "image", image := CommentedMap())
    image.update({"repository": repository, "tag": tag})


def _make_yaml(columns: tuple[int, int]) -> YAML:
    layout = YAML()
    layout.preserve_quotes = True
    layout.width = 4096
    layout.indent(mapping=2, sequence=columns[0], offset=columns[1])
    return layout


def _dump(layout: YAML, document: Any) -> str:
    text = io.StringIO()
    layout.dump(document, text)
    return text.getvalue()
