"""YAML from strangers: a file becomes plain lists, mappings and texts, each with its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from convfilter.errors import ConvfilterError, ImageError
from convfilter.images.sources import open_regular, read_up_to
from convfilter.text import one_line

MAX_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_VALUES = 50_000
"""Numbers and words in a file: a kernel of 223 x 223; checking more would take seconds."""

Location = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlError(ConvfilterError):
    """The file is not the plain YAML that is read here; the message begins with path and line."""


@dataclass(frozen=True)
class Document:
    """What a file says.

    Attributes:
        value: mappings, lists and, for every scalar, its text as written.
        lines: the line, from 1, of each value, by the keys and indices that lead to it.
    """

    value: Any
    lines: dict[Location, int]

    def line(self, location: Location) -> int:
        """The line of a value, or of the nearest one around it."""
        while location not in self.lines:
            location = location[:-1]
        return self.lines[location]


def read(path: Path) -> Document:
    """Read one YAML document.

    Scalars stay texts: what a number is, the caller decides, so that ``010`` or ``no`` is never
    something that the writer did not mean.

    Raises:
        YamlError: the file cannot be read, is too large, is not YAML, or uses aliases, anchors, merge
            keys, tags, several documents or the same key twice.
    """
    try:
        with open_regular(path, folders=False) as file:
            data = read_up_to(file, MAX_BYTES + 1)
    except ImageError as error:
        raise YamlError(f"{path}: {error}") from None
    if len(data) > MAX_BYTES:
        raise YamlError(f"{path}: larger than {MAX_BYTES // 1000:,} kB; no kernel or recipe is")
    try:
        return _document(data)
    except YamlError as error:  # which begins with the line
        raise YamlError(f"{path}:{error}") from None


def _document(data: bytes) -> Document:
    try:
        _refuse_tricks(data)
        node = yaml.compose(data, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = "a tab stands here; YAML is indented with spaces" if _is_tab(data, mark) else error.problem
        raise YamlError(f"{mark.line + 1 if mark else 1}: not YAML: {problem}") from None
    except (yaml.YAMLError, UnicodeError) as error:
        line = data[: getattr(error, "position", 0)].count(b"\n") + 1
        raise YamlError(f"{line}: not YAML text: {one_line(error, 120)}") from None
    if node is None:
        raise YamlError("1: the file is empty; it needs a mapping with `weights` or `steps`")
    lines: dict[Location, int] = {}
    return Document(_plain(node, (), lines), lines)


def _is_tab(data: bytes, mark: yaml.Mark | None) -> bool:
    """Whether there is a tab at a place of a file."""
    text = data.decode("utf-8-sig", "replace")
    return mark is not None and text[mark.index : mark.index + 1] == "\t"


def _refuse_tricks(data: bytes) -> None:
    """Walk the events, which takes no memory, before anything nested or repeated is built."""
    depth = documents = values = 0
    for event in yaml.parse(data, Loader=_LOADER):
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlError(f"{line}: anchors and aliases (&, *) are not read here; write the values out")
        if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None):
            raise YamlError(f"{line}: tags (!) are not read here; leave the tag out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        values += isinstance(event, yaml.ScalarEvent)
        if values > MAX_VALUES:
            raise YamlError(f"{line}: more than {MAX_VALUES:,} values; no kernel or recipe has as many")
        if depth > MAX_DEPTH:
            raise YamlError(f"{line}: nested more than {MAX_DEPTH} deep")
        if documents > 1:
            raise YamlError(f"{line}: a second document begins; keep one in a file")


def _plain(node: yaml.Node, location: Location, lines: dict[Location, int]) -> Any:
    """Lists, mappings and texts of a composed node; notes the line of each."""
    lines[location] = _line(node)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*location, index), lines) for index, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return node.value
    mapping: dict[str, Any] = {}
    for key, value in node.value:
        line = _line(key)
        if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
            raise YamlError(f"{line}: a key is a plain word here, without merging (<<)")
        if key.value in mapping:
            raise YamlError(f'{line}: the key "{key.value[:40]}" stands twice; keep one')
        inner = (*location, key.value)
        mapping[key.value] = _plain(value, inner, lines)
        lines[inner] = line
    return mapping


def _line(where: yaml.Event | yaml.Node) -> int:
    """The line, from 1, on which an event or a node begins."""
    return where.start_mark.line + 1 if where.start_mark else 1
