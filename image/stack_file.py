"""Names the customized image in a stack file, and leaves everything else in it as it is."""

from __future__ import annotations

import io
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

SECTION: Final = "airflow-aks:airflow"
# Columns of a list's items below their key, and of the dash among them: as the shipped files and as Pulumi write them.
_LAYOUTS: Final = ((4, 2), (2, 0))


class StackFileLayoutError(Exception):
    """A file that cannot be rewritten without touching other lines of it."""


def lines_to_set(repository: str, tag: str) -> str:
    """What the stack file must say, to be copied below `config:`."""
    return f"  {SECTION}:\n    image:\n      repository: {repository}\n      tag: {tag}\n"


def with_image(text: str, repository: str, tag: str) -> str:
    """The text of a stack file that names the image; comments, quotes and order stay.

    Raises:
        StackFileLayoutError: when the file is laid out in a way that would not survive.

    """
    for layout in map(_yaml, _LAYOUTS):
        try:
            document = layout.load(text)
        except YAMLError as error:
            raise StackFileLayoutError(f"the stack file is not valid YAML: {str(error).splitlines()[0]}") from error
        if _written(layout, document) == text:
            _set(document, repository, tag)
            return _written(layout, document)
    raise StackFileLayoutError("the stack file's layout would not survive: set the lines yourself")


def _set(document: Any, repository: str, tag: str) -> None:
    config = document["config"]
    section = config.get(SECTION)
    if not isinstance(section, CommentedMap):
        section = config[SECTION] = CommentedMap()
    image = section.get("image")
    if not isinstance(image, CommentedMap):
        # In front: what follows the last key of a section belongs to the next one's comment.
        section.insert(0, "image", image := CommentedMap())
    image.update({"repository": repository, "tag": tag})


def _yaml(columns: tuple[int, int]) -> YAML:
    layout = YAML()
    layout.preserve_quotes = True
    layout.width = 4096
    layout.indent(mapping=2, sequence=columns[0], offset=columns[1])
    return layout


def _written(layout: YAML, document: Any) -> str:
    text = io.StringIO()
    layout.dump(document, text)
    return text.getvalue()
