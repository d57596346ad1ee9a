"""What is wrong in a kernel or recipe file, in one line: the file, the line, the place, and the remedy."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from convfilter.errors import ConvfilterError
from convfilter.kernel_schema import KernelFile, quoted
from convfilter.names import nearest
from convfilter.yaml_text import Document, Location, YamlError, read

Model = TypeVar("Model", bound=BaseModel)


def checked(path: Path, model: type[Model], error_class: type[ConvfilterError]) -> tuple[Document, Model]:
    """Read a file and check it.

    Args:
        path: of the file.
        model: what it may say.
        error_class: of the error that is raised.

    Returns:
        The document, for the lines of what is found later, and what it says.

    Raises:
        ConvfilterError: the file cannot be read or is not as it should be; the message names file, line and place.
    """
    try:
        document = read(path)
        return document, model.model_validate(document.value)
    except YamlError as error:
        raise error_class(str(error)) from None
    except ValidationError as error:
        raise error_class(_explained(path, document, error, model)) from None


def _explained(path: Path, document: Document, error: ValidationError, model: type[BaseModel]) -> str:
    """The first mistake in one line, and how many more there are."""
    problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
    first = problems[0]  # a misspelt key explains the one that is missing
    location, _ = _keys_and_tags(first["loc"])
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    sentence = _sentence(first, in_recipe=model is not KernelFile)
    return f"{path}:{document.line(location)}: {place_of(location)}{sentence}{more}"


def place_of(location: Location) -> str:
    """Where in the file: the step, the key, and for a cell its matrix, row and column."""
    step = ""
    if location[:1] == ("steps",) and len(location) > 1:
        step, location = f"step {int(location[1]) + 1}: ", location[2:]
    names = [str(part)[:40] for part in location if isinstance(part, str)]
    indices = [part + 1 for part in location if isinstance(part, int)]
    if indices and "weights" in names:
        names = names[names.index("weights") + 1 :]
    cell = ", ".join(f"{word} {index}" for word, index in zip(("row", "column"), indices, strict=False))
    place = ", ".join([*names, cell] if cell else names)
    return f"{step}{place}: " if place else step


def _keys_and_tags(place: Location) -> tuple[Location, list[str]]:
    """The keys and indices of a file, and apart from them the names that schemas give to what may stand there.

    These are in angle brackets; keys may be, too, but only at the root, or right after such a name.
    """
    keys: list[str | int] = []
    tags: list[str] = []
    no_tag = True
    for part in place:
        is_tag = str(part).startswith("<") and not no_tag
        if is_tag:
            tags.append(str(part).strip("<>"))
        else:
            keys.append(part)
        no_tag = is_tag
    return tuple(keys), tags


def _sentence(problem: ErrorDetails, *, in_recipe: bool) -> str:
    """What is wrong and what to do."""
    found = quoted(problem["input"])
    match problem["type"]:
        case "extra_forbidden" if problem["loc"] == (("weights",) if in_recipe else ("steps",)):
            return "makes this a kernel, for --kernel" if in_recipe else "makes this a recipe, for --recipe"
        case "extra_forbidden":
            known = [*_model_at(problem["loc"][:-1], in_recipe=in_recipe).model_fields]
            hint = nearest(str(problem["loc"][-1]), known)
            return f"unknown key{hint or '; known are ' + ', '.join(known)}"
        case "missing":
            return "is missing; a kernel or a recipe needs it"
        case "model_type" | "model_attributes_type" | "dict_type":
            in_step = problem["loc"][:1] == ("steps",)
            example = "convolve: sobel" if in_step else "steps: ..." if in_recipe else "weights: [[0, 1], [1, 0]]"
            return f"a mapping is wanted here, such as `{example}`, not {found}"
        case "list_type":
            if problem["loc"] == ("steps",):
                return f"a list of steps is wanted here, not {found}"
            wanted = "a list of numbers" if any(isinstance(part, int) for part in problem["loc"]) else "a list of rows"
            return f"{wanted} is wanted here, as in [[0, 1], [1, 0]], not {found}"
        case "literal_error":
            known = [word.strip("' ") for word in problem["ctx"]["expected"].replace(" or ", ", ").split(",")]
            return f"{found} is not one of {', '.join(known)}{nearest(str(problem['input']), known)}"
        case "string_type":
            return f"a text is wanted here, not {found}"
        case "too_short":
            return "a recipe has at least one step"
        case "too_long":
            return f"a recipe has at most {problem['ctx']['max_length']} steps"
    return problem["msg"]


def _model_at(location: Location, *, in_recipe: bool) -> type[BaseModel]:
    """What a mapping at a place of a file is to be."""
    from convfilter.recipe_schema import STEPS, RecipeFile  # takes a while to load, and kernels need none of it

    _, tags = _keys_and_tags(location)
    if not in_recipe or "mapping" in tags:
        return KernelFile
    return STEPS[tags[0]] if tags else RecipeFile
