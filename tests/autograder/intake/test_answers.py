"""No written answer becomes a zero because its text stands in another place than the one handed out for it."""

from collections.abc import Callable

import pytest

from autograder.demo.students import WRITTEN
from autograder.intake import grade_id
from tests.autograder.intake.homework import Homework, sources

ANSWERS = [
    "answer_what_you_did",
    "answer_results",
    "answer_mode_collapse",
    "answer_conflicts",
    "answer_conditioning",
]
ANSWER = "answer_results"
TEXT = WRITTEN[ANSWER]
PLACEHOLDER = "YOUR ANSWER HERE"
PNG = "aGFsbG8="


def above(homework: Homework) -> None:
    homework.put(homework.place(ANSWER), TEXT, "markdown")


def below(homework: Homework) -> None:
    homework.put(homework.place(ANSWER) + 1, TEXT, "markdown")


def typed_again(homework: Homework) -> None:
    homework.put(homework.place(ANSWER), TEXT, "markdown")
    homework.drop(ANSWER)


def in_a_raw_cell(homework: Homework) -> None:
    homework.put(homework.place(ANSWER) + 1, TEXT, "raw")


def in_a_comment(homework: Homework) -> None:
    homework.put(homework.place(ANSWER) + 1, f"# {TEXT}\nx = 1")


def as_prose_in_a_code_cell(homework: Homework) -> None:
    homework.put(homework.place(ANSWER) + 1, TEXT)


def printed(homework: Homework) -> None:
    homework.put(homework.place(ANSWER) + 1, f"print({TEXT!r})")


def in_the_question(homework: Homework) -> None:
    homework["question_results"].source += f"\n\n{TEXT}"


def in_the_question_instead_of_its_text(homework: Homework) -> None:
    homework["question_results"].source = TEXT
    homework.drop(ANSWER)


@pytest.mark.parametrize(
    "move",
    [
        above,
        below,
        typed_again,
        in_a_raw_cell,
        in_a_comment,
        as_prose_in_a_code_cell,
        printed,
        in_the_question,
        in_the_question_instead_of_its_text,
    ],
    ids=lambda move: move.__name__,
)
def test_text_beside_an_empty_answer_is_put_into_its_place_and_told(
    homework: Callable[..., Homework], move: Callable[[Homework], None]
) -> None:
    changed = homework(ANSWER)
    move(changed)
    repaired = changed.repaired()
    assert TEXT in sources(repaired)[ANSWER]
    assert repaired.waiting == (ANSWER,)
    assert any(f"(1 cell): {ANSWER}." in remark for remark in repaired.remarks)
    assert sum(TEXT in cell.source for cell in repaired.notebook.cells if cell.cell_type != "code") == 1


def test_pictures_are_an_answer(homework: Callable[..., Homework]) -> None:
    attached = homework(ANSWER)
    cell = attached.put(attached.place(ANSWER) + 1, "![](attachment:a.png)", "markdown")
    cell.attachments = {"a.png": {"image/png": PNG}}
    again = attached.put(attached.place(ANSWER) + 2, "![](attachment:a.png)", "markdown")
    again.attachments = {"a.png": {"image/png": "YW5k"}}
    answer = next(cell for cell in attached.repaired().notebook.cells if grade_id(cell) == ANSWER)
    assert answer.source == "![](attachment:a.png)\n\n![](attachment:2-a.png)"
    assert answer.attachments == {"a.png": {"image/png": PNG}, "2-a.png": {"image/png": "YW5k"}}

    linked = homework(ANSWER)
    linked.put(linked.place(ANSWER) + 1, "![](results.png)", "markdown")
    assert sources(linked.repaired())[ANSWER] == "![](results.png)"

    untouched = homework(ANSWER)
    untouched[ANSWER].attachments = {"a.png": {"image/png": PNG}}
    assert sources(untouched.repaired())[ANSWER] == "![a.png](attachment:a.png)"


def all_at_the_end(homework: Homework) -> None:
    homework.put(len(homework.notebook.cells), "\n".join(WRITTEN.values()), "markdown")


def all_at_the_top(homework: Homework) -> None:
    homework.put(0, "\n".join(WRITTEN.values()), "markdown")


def all_in_the_first_answer(homework: Homework) -> None:
    homework[ANSWERS[0]].source = "\n".join(f"Q{n}: {WRITTEN[name]}" for n, name in enumerate(ANSWERS, start=1))


def all_in_the_references(homework: Homework) -> None:
    homework["references"].source += "\n" + "\n".join(WRITTEN.values())


def all_in_comments_of_the_code(homework: Homework) -> None:
    homework["train_step"].source += "".join(f"\n# Answer {n}: so." for n in range(1, 6))


@pytest.mark.parametrize(
    "move",
    [all_at_the_end, all_at_the_top, all_in_the_first_answer, all_in_the_references, all_in_comments_of_the_code],
    ids=lambda move: move.__name__,
)
def test_empty_answers_wait_where_text_elsewhere_may_be_them(
    homework: Callable[..., Homework], move: Callable[[Homework], None]
) -> None:
    changed = homework(*ANSWERS)
    move(changed)
    repaired = changed.repaired()
    empty = [name for name in ANSWERS if changed[name].source == PLACEHOLDER]
    assert list(repaired.waiting) == empty
    assert all(sources(repaired)[name] != PLACEHOLDER for name in empty)  # which nbgrader would give 0 points


def test_cells_that_were_merged_leave_no_zero(homework: Callable[..., Homework]) -> None:
    changed = homework(ANSWER)
    changed[ANSWERS[0]].source += f"\n\n{changed['question_results'].source}\n\n{TEXT}"
    changed.drop("question_results")
    changed.drop(ANSWER)
    assert changed.repaired().waiting == (ANSWER,)


def test_short_answers_of_another_question_are_seen(homework: Callable[..., Homework]) -> None:
    changed = homework(ANSWER)
    changed.put(changed.place("answer_mode_collapse") + 1, "Sharp.", "markdown")
    assert changed.repaired().waiting == (ANSWER,)


def test_what_is_not_answered_is_not_answered(homework: Callable[..., Homework]) -> None:
    nothing = homework(ANSWER).repaired()
    assert nothing.waiting == () and sources(nothing)[ANSWER] == PLACEHOLDER and nothing.remarks == ()
    blanks = homework(ANSWER)
    blanks[ANSWER].source = f"{PLACEHOLDER}  \r\n"
    assert sources(blanks.repaired())[ANSWER] == PLACEHOLDER
    note = homework(ANSWER)
    note.put(note.place("training"), "## My notes on the training", "markdown")
    assert note.repaired().waiting == ()


def test_answers_may_stand_in_the_pdf_only_or_in_no_file_at_all(homework: Callable[..., Homework]) -> None:
    nothing = homework(*ANSWERS)
    assert list(nothing.repaired(files={"hw2.pdf": b"%PDF"}).waiting) == ANSWERS
    assert nothing.repaired(files={"README.md": b"the kit's", "netid": b"abc1"}).waiting == ()
    assert homework(ANSWER).repaired(files={"hw2.pdf": b"%PDF"}).waiting == ()


def test_answers_whose_cells_are_all_gone_beside_work_were_lost_and_not_left_out(
    homework: Callable[..., Homework],
) -> None:
    code_only = homework(*ANSWERS)
    code_only.notebook.cells = [cell for cell in code_only.notebook.cells if cell.cell_type == "code"]
    assert list(code_only.repaired().waiting) == ANSWERS
    one_gone = homework(ANSWER)
    one_gone.drop(ANSWER)
    assert one_gone.repaired().waiting == (ANSWER,)  # it may have been merged into another cell
