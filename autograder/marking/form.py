"""Reads what a marker sent: the door through which a mark comes in."""

import math

from tornado.web import RequestHandler

from autograder.marking.records import Given, Question

MAX_COMMENT = 20_000  # characters


def read_given(handler: RequestHandler, question: Question) -> Given:
    """What a marker sent.

    Raises:
        ValueError: it cannot be given for this question; the message says why.
    """
    comment = handler.get_body_argument("comment", "", strip=False).replace("\r\n", "\n").strip()
    if len(comment) > MAX_COMMENT:
        raise ValueError(f"The comment has more than {MAX_COMMENT} characters")
    own = handler.get_body_argument("points", "")
    sent = [handler.get_body_argument(f"c{number}", "") for number in range(len(question.scheme.criteria))]
    parts = _parts(sent, question) if all(sent) else None
    if not own:
        return Given(None if parts is None else sum(parts), comment, parts)
    points = _number(own)
    if not 0 <= points <= question.points:
        raise ValueError(f"The points must be between 0 and {question.points:g}")
    return Given(points, comment, parts if parts is not None and sum(parts) == points else None)


def _parts(sent: list[str], question: Question) -> tuple[float, ...]:
    """What was clicked for each criterion."""
    parts = tuple(map(_number, sent))
    if any(part not in one.steps for part, one in zip(parts, question.scheme.criteria, strict=True)):
        raise ValueError("There is no such step in the marking scheme")
    return parts


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError("The points are no number")
    return number
