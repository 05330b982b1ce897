"""The points of a submission, as a person would say them."""

from collections.abc import Sequence

from autograder.feedback.records import Part, State
from autograder.gradebook import Score
from autograder.verdict import show_points


def say_score(parts: Sequence[Part], score: Score) -> tuple[str, ...]:
    """Sentences: on the code, on the written answers, and on all of it once it is marked."""
    code = [part for part in parts if part.said]
    answers = [answer for part in parts for answer in part.answers]
    said = []
    if code:
        said.append(_say_code(code))
    if answers:
        marked = [answer for answer in answers if answer.points is not None]
        given, of = sum(answer.points or 0 for answer in marked), sum(answer.max_points for answer in marked)
        open_ = sum(answer.max_points for answer in answers) - of
        if not marked:
            said.append(f"Written answers: {_points(open_)}, not marked yet.")
        elif all(answer.empty and not answer.points for answer in answers):
            said.append(f"Written answers: 0 of {show_points(of)}, since nothing is written in their cells.")
        elif open_:
            more = f"{_points(open_)} {'is' if open_ == 1 else 'are'} not marked yet"
            said.append(f"Written answers: {show_points(given)} of {show_points(of)}; {more}.")
        else:
            said.append(f"Written answers: {show_points(given)} of {show_points(of)}.")
    total = f"{show_points(max(0.0, score.points))} of {_points(score.max_points)}"
    if not score.waiting:
        said.append(f"Together: {total}.")
    elif score.penalty:
        said.append(f"Together, so far: {total}.")
    return tuple(said)


def _say_code(code: Sequence[Part]) -> str:
    points, of = sum(part.points or 0 for part in code), sum(_of_code(part) for part in code)
    person = any(part.state is State.PERSON for part in code)
    waits = " so far; a person will look at the rest" if person else ""
    return f"Code: {show_points(points)} of {show_points(of)}{waits}."


def _of_code(part: Part) -> float:
    return part.max_points - sum(answer.max_points for answer in part.answers)


def _points(number: float) -> str:
    return f"{show_points(number)} point{'' if number == 1 else 's'}"
