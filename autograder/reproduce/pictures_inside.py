"""The process in which pictures are decoded and compared; the other end of `pictures`.

A part of the comparison of a submission with a new run of it, between submission and report in the flow course
material -> submission -> trace -> verdict -> gradebook -> report.
"""

from typing import Any

from autograder.reproduce.compare_pictures import BadPicture, compare_pictures, read_picture
from autograder.sandbox.wire import read_frame, write_frame


def serve() -> None:
    """Answers requests on standard input until it is closed."""
    while (request := read_frame(0)) is not None:
        write_frame(1, look(request["submitted"], request["executed"]))


def look(submitted: str | None, executed: str | None) -> dict[str, Any]:
    """The fields of `pictures.Looked`."""
    decoded, faults = [], []
    for picture, whose in ((submitted, "submitted"), (executed, "new")):
        frames = None
        if picture is not None:
            try:
                frames = read_picture(picture)
            except BadPicture as error:
                faults.append(f"the {whose} figure was not compared: {error}")
        decoded.append(frames)
    one, other = decoded
    drawable = [one is not None, other is not None]
    if one is None or other is None:
        return {"outcome": None, "detail": "; ".join(faults), "drawable": drawable}
    found = compare_pictures(one, other)
    return {"outcome": int(found.outcome), "detail": found.detail, "drawable": drawable}
