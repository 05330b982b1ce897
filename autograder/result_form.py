"""The form of a stored result and of a graded notebook: what is not of this form counts as not there.

Stands beside the step from trace to verdict in the flow course material -> submission -> trace -> verdict ->
gradebook -> report. Results lie in files for months: they are cut off by full disks, merged by version control and
edited by hand. All of them can be made again, so nothing of such a file is believed, and nothing fails because of it.
"""

import json
from dataclasses import is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

import nbformat
from jsonschema import Draft202012Validator

from autograder.verdict import CheckResult, Verdict

MAX_SIZE = 256 * 2**20  # bytes of a file; a result takes about 0.2 MB
_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer", "minimum": 0},
    bytes: {"type": "string"},  # of a notebook, which is text
    float: {"type": "number", "minimum": 0},  # points; JSON cannot hold those that are none
    dict[str, float]: {"type": "object", "additionalProperties": {"type": "number"}},
}


def _schema_of(hint: Any, **more: Any) -> dict[str, Any]:
    """The schema of the JSON of a type: of a dataclass, all of its fields and `more`, and nothing else."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if is_dataclass(hint):
        return _record(**{name: _schema_of(inner) for name, inner in get_type_hints(hint).items()}, **more)
    if get_origin(hint) is Literal:
        return {"enum": [*get_args(hint)]}
    assert get_origin(hint) is tuple and get_args(hint)[1:] == (...,), hint  # what verdicts are made of
    return {"type": "array", "items": _schema_of(get_args(hint)[0])}


def _record(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


_POINTS = _PLAIN[float]
_CHECKS = {"type": "array", "items": _schema_of(CheckResult, points=_POINTS), "minItems": 1}
_VERDICT = _schema_of(Verdict, points=_POINTS, max_points=_POINTS)
_VERDICT["properties"]["checks"] = _CHECKS
_NOTEBOOK = Draft202012Validator(
    {
        "type": "object",
        "properties": {
            "nbformat": {"const": 4},
            "nbformat_minor": {"type": "integer", "minimum": 0, "maximum": 5},
            "metadata": {"type": "object"},
            "cells": {"type": "array", "items": {"type": "object", "required": ["cell_type", "source", "metadata"]}},
        },
        "required": ["nbformat", "nbformat_minor", "metadata", "cells"],
    }
)


def read_json(text: str) -> Any:
    """What is in a text of JSON, or None where it is no JSON."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not in JSON")


def form_of(result: type, verdict: str) -> Draft202012Validator:
    """The form of the JSON of a dataclass of results, whose field of that name holds a `Verdict.to_json()`."""
    hints = get_type_hints(result)
    fields = {name: _VERDICT if name == verdict else _schema_of(hint) for name, hint in hints.items()}
    return Draft202012Validator(_record(**fields))


def read_notebook(text: str) -> dict[str, Any] | None:
    """The notebook in a text, or None where it is none."""
    notebook = read_json(text)
    if not _NOTEBOOK.is_valid(notebook):
        return None
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError:
        return None
    return notebook
