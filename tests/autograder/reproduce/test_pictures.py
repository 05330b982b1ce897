"""Claims about the process in which pictures are compared: bounded in time and memory, and started only if needed."""

import base64
import contextlib
import io
import resource
import time

import numpy as np
import psutil
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from autograder.reproduce import compare_notebooks, reproduction_note
from autograder.reproduce.outcome import DIFFERENT, IDENTICAL, NOT_COVERED
from autograder.reproduce.pictures import Pictures

SIDE = 2896  # pixels: the largest square that is decoded
CHECK = {"nbgrader": {"grade": True, "solution": False, "grade_id": "check_it", "points": 1, "locked": True}}


def png(side: int, share: float = 0.0) -> str:
    """A picture of which that share is white, in base64: a few KB, whatever its size."""
    pixels = np.zeros((side, side), np.uint8)
    pixels[: int(share * side)] = 255
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def book(*pictures: str, before: bool = True) -> NotebookNode:
    """A notebook that shows the pictures, before or after its test cell."""
    cells = [new_code_cell("draw()", outputs=[new_output("display_data", data={"image/png": p}) for p in pictures])]
    check = new_code_cell("check()", metadata=CHECK)
    return new_notebook(cells=[*cells, check] if before else [check, *cells])


def children() -> list[psutil.Process]:
    return psutil.Process().children()


def test_all_pictures_of_a_notebook_share_one_bounded_time() -> None:
    one, other = png(1000), png(1000, 0.5)  # 0.4 s of processor time for each pair
    begin = time.monotonic()
    with contextlib.closing(Pictures(seconds=8)) as pictures:
        looked = [pictures.look(one, other) for _ in range(200)]
    assert time.monotonic() - begin < 15
    assert (looked[0].outcome, looked[0].drawable) == (DIFFERENT, (True, True)) and "similarity" in looked[0].detail
    assert looked[-1].outcome is None and "longer than 60 seconds" in looked[-1].detail


def test_a_process_that_ends_costs_one_picture_and_no_other() -> None:
    before = children()
    with contextlib.closing(Pictures()) as pictures:
        assert pictures.look(png(20), png(20)).outcome == IDENTICAL
        (process,) = [process for process in children() if process not in before]
        inside = process.children(recursive=True)
        for each in [process, *inside]:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(inside, timeout=20)
        lost = pictures.look(png(20), png(20))
        assert (lost.outcome, lost.drawable) == (None, (False, False)) and "memory" in lost.detail
        assert pictures.look(png(20), png(20)).outcome == IDENTICAL
    assert children() == before


def test_no_picture_is_looked_at_where_grading_needs_none() -> None:
    """Neither the same bytes, nor what is drawn after the short training; so no process is started for them."""
    huge, other = png(SIDE), png(SIDE, 0.5)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert reproduction_note(book(*[huge] * 200), book(*[huge] * 200)) is None
    after = compare_notebooks(book(*[huge] * 200, before=False), book(*[other] * 200, before=False), when_graded=True)
    assert after.outcome == NOT_COVERED
    assert resource.getrusage(resource.RUSAGE_CHILDREN) == before
    note = reproduction_note(book(png(20)), book(png(20, 0.5)))
    assert note is not None and "code cell 1: figure, structural similarity" in note
