"""The page that a student reads, made of records: what it says, and how it looks in a real browser."""

import io
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

import nbformat
import PIL.Image
import PIL.PngImagePlugin
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_output

from autograder.config import Course
from autograder.demo.students import THREE_OPTIMIZERS, WRITTEN
from autograder.feedback.handed_in import read_outputs
from autograder.feedback.page import render
from autograder.feedback.parts import Graded, cut_into_parts
from autograder.feedback.records import Feedback, Part, State
from autograder.feedback.score import say_score
from autograder.gradebook import Score
from autograder.grading import write_verdict
from autograder.verdict import CheckResult, Verdict
from tests.autograder.feedback.measured import measure

CELLS = {"check_optimizers": 1.0, "check_losses": 3.0, "check_train_step": 2.0, "check_convergence": 1.0}
ANSWERS = dict(zip(WRITTEN, (4.0, 2.0, 2.0, 3.0, 2.0), strict=True))
WRONG = CheckResult(
    "moves_g",
    "check_train_step",
    "What moves G is its own loss.",
    "failed",
    2.0,
    mistake="fakes-not-detached",
    rationale="Fakes not detached: 12% of an update of `G` came from D's loss.",
    help="Detach the samples.",
)
LEARNS = CheckResult(
    "learns",
    "check_convergence",
    "A short training run learns.",
    "failed",
    1.0,
    mistake="training-does-not-converge",
    rationale="After 600 steps the error is 0.170.",
    consequence_of="fakes-not-detached",
)


def picture(color: str, kind: str = "PNG", told: str = "") -> str:
    made = io.BytesIO()
    info = PIL.PngImagePlugin.PngInfo()
    info.add_text("Description", told)
    more = {"pnginfo": info} if told else {}
    PIL.Image.new("RGB", (300, 300), color).save(made, format=kind, **more)
    return b64encode(made.getvalue()).decode()


@pytest.fixture(scope="module")
def make_page(released_course: Course, filled: Callable[[dict[str, str]], bytes]) -> Callable[..., Feedback]:
    release = nbformat.read(released_course.release_notebook("hw2"), as_version=4)

    def make(
        answers: dict[str, str],
        failed: tuple[CheckResult, ...] = (),
        marked: dict[str, float | None] | None = None,
        penalty: float = 0.0,
    ) -> Feedback:
        notebook = nbformat.reads(filled(answers).decode(), as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name == "samples":
                cell.outputs = [
                    new_output("display_data", {"image/png": picture("red"), "text/plain": "<Figure size>"})
                ]
            if name == "latent-animation":
                cell.outputs = [new_output("display_data", {"image/gif": picture("green", "GIF")})]
            if name == "training":
                cell.outputs = [new_output("stream", text="Epoch 1\n"), new_output("stream", text="done <b>\n")]
        by_cell = {check.cell: check for check in failed}
        checks = [by_cell.get(c) or CheckResult(c, c, f"{c} is right.", "passed", most) for c, most in CELLS.items()]
        verdict = Verdict("hw2", tuple(checks))
        points: dict[str, float | None] = {check.cell: check.points for check in checks}
        points |= dict.fromkeys(ANSWERS) if marked is None else marked
        waiting = tuple(name for name, given in points.items() if given is None)
        total = sum(given or 0 for given in points.values()) - penalty
        graded = nbformat.from_dict(notebook)
        outputs = read_outputs(nbformat.writes(notebook).encode(), release)
        told = "Which loss moved which network. Red is what must not be there."
        write_verdict(graded, verdict, {"check_train_step": b64decode(picture("blue", told=told))})
        score = Score(total, 20.0, waiting, penalty, points)
        comments = {"answer_results": "Which <digits>?"} if marked else {}
        parts = cut_into_parts(Graded(graded, release, verdict, score, comments, outputs))
        lines = (("hw2.pdf missing or not filled in", penalty),) if penalty else ()
        return Feedback("Deep Learning", "Homework 2", "team-1", say_score(parts, score), lines, (), parts)

    return make


RIGHT = THREE_OPTIMIZERS | WRITTEN


def task(page: Feedback, title: str) -> Part:
    return next(part for part in page.tasks if title in part.title)


def test_a_right_submission_is_told_so_in_words(make_page: Callable[..., Feedback]) -> None:
    page = make_page(RIGHT)
    assert page.score == ("Code: 7 of 7.", "Written answers: 13 points, not marked yet.")
    assert [part.title for part in page.tasks][:3] == ["2. Optimizers", "3. Losses", "4. One training step"]
    assert [part.state for part in page.tasks] == [State.RIGHT] * 3 + [State.UNMARKED] * 5


@pytest.mark.parametrize(
    ("marked", "penalty", "said"),
    [
        ({**ANSWERS}, 0.0, ("Written answers: 13 of 13.", "Together: 20 of 20 points.")),
        ({**ANSWERS}, 1.0, ("Written answers: 13 of 13.", "Together: 19 of 20 points.")),
        (
            {**ANSWERS, "answer_conflicts": None},
            0.0,
            ("Written answers: 10 of 10; 3 points are not marked yet.",),
        ),
        (
            dict.fromkeys(ANSWERS),
            20.0,
            ("Written answers: 13 points, not marked yet.", "Together, so far: 0 of 20 points."),
        ),
    ],
)
def test_the_score_says_what_is_marked_and_is_never_negative(
    make_page: Callable[..., Feedback], marked: dict[str, float | None], penalty: float, said: tuple[str, ...]
) -> None:
    assert make_page(RIGHT, marked=marked, penalty=penalty).score[1:] == said


def test_an_empty_submission_is_not_told_that_it_waits(make_page: Callable[..., Feedback]) -> None:
    page = make_page({}, marked=dict.fromkeys(ANSWERS, 0.0), penalty=1.0)
    assert page.score[1] == "Written answers: 0 of 13, since nothing is written in their cells."
    assert task(page, "Question 3").state is State.EMPTY
    assert all(work.given for part in page.parts for work in part.works)


def test_a_mistake_is_shown_with_its_reason_and_what_follows_names_its_cause(
    make_page: Callable[..., Feedback],
) -> None:
    page = make_page(RIGHT, (WRONG, LEARNS))
    part = task(page, "One training step")
    assert (part.state, part.points, part.max_points) == (State.WRONG, 0, 3)
    assert part.reason == "Fakes not detached: 12% of an update of `G` came from D's loss. (1 more)"
    text = BeautifulSoup(render(page), "html.parser").get_text(" ", strip=True)
    assert "Look first at fakes not detached" in text and "Detach the samples." in text
    assert "probably follows" in text and "`" not in text.partition("Tasks")[2].partition("def ")[0]


def test_what_is_shown_is_what_was_handed_in_and_labelled_so(make_page: Callable[..., Feedback]) -> None:
    document = BeautifulSoup(render(make_page(RIGHT)), "html.parser")
    training = next(section for section in document.find_all("section") if "5. Training" in section.get_text())
    assert "As you handed it in" in training.get_text()
    sources = [str(image["src"]).partition(";")[0] for image in training.find_all("img")]
    assert sources == ["data:image/png", "data:image/gif"]
    assert "done <b>" in training.get_text() and "<Figure" not in training.get_text()
    alts = [image["alt"] for image in document.find_all("img")]
    assert alts[0] == "Which loss moved which network." and "Nine samples G(z)" in alts[1] and all(alts)
    caption = document.find("figcaption")
    assert caption and "Red is what must not be there." in caption.get_text()


def test_a_comment_is_text_and_no_marking_scheme_is_on_the_page(make_page: Callable[..., Feedback]) -> None:
    page = render(make_page(RIGHT, marked=ANSWERS))
    assert "Which &lt;digits&gt;?" in page and "MARK SCHEME" not in page and "exit status" not in page


def test_headings_are_in_order_and_the_page_names_its_language_and_width(make_page: Callable[..., Feedback]) -> None:
    document = BeautifulSoup(render(make_page(RIGHT)), "html.parser")
    levels = [int(heading.name[1]) for heading in document.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and levels.count(1) == 1 and set(levels) == {1, 2}
    assert document.html and document.html["lang"] == "en" and document.find("meta", attrs={"name": "viewport"})
    assert not document.find("script") and not document.find("link")
    for link in document.select(".tasks a"):
        assert document.find(id=link["href"][1:])


# Measures the page: its height and width, and the lowest contrast of any text with what is behind it.
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_fit_their_window_are_not_long_and_can_be_read(
    make_page: Callable[..., Feedback], tmp_path: Path, dark: bool
) -> None:
    made = {
        "right": make_page(RIGHT),
        "half": make_page(RIGHT, (WRONG, LEARNS), {**ANSWERS, "answer_results": 1.0}, penalty=1.0),
        "empty": make_page({}, marked=dict.fromkeys(ANSWERS, 0.0)),
    }
    for name, page in made.items():
        (tmp_path / f"{name}.html").write_text(render(page))
    pages = [tmp_path / f"{name}.html" for name in made]
    measured = measure(pages, [1400, 390], dark, tmp_path)
    assert len(measured) == 6
    for high, wide, window, contrast, where in measured:
        assert wide <= window in (1400, 390)
        assert contrast >= 4.5, where
        assert high < (3000 if window == 1400 else 7000)
