"""Marks in nbgrader's gradebook: the formgrader sees them, and no marker overwrites what they have not seen."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from autograder.gradebook import open_gradebook, read_score
from autograder.marking.book import read_marks, write_mark
from autograder.marking.clicked import last_clicked, note
from autograder.marking.desk import Desk
from autograder.marking.records import Given, Question, Standing
from tests.autograder.marking.conftest import TEAMS

CELL = "answer_results"


def test_a_mark_is_the_one_that_nbgrader_has(desk: Desk) -> None:
    course, question = desk.course, desk.questions[CELL]
    before = read_marks(course, "hw2")[CELL, "team-a"]
    assert before.standing is Standing.WAITING and before.points is None
    written = write_mark(course, "hw2", question, "team-a", Given(1.5, "Look at the 4s."), before.version)
    assert written.done and (written.mark.standing, written.mark.points) == (Standing.MARKED, 1.5)
    score = read_score(course, "hw2", "team-a")
    assert score is not None and score.cells[CELL] == 1.5 and CELL not in score.waiting
    with open_gradebook(course) as gradebook:
        assert gradebook.find_comment(CELL, "hw2", "hw2", "team-a").comment == "Look at the 4s."


def test_a_mark_of_the_formgrader_is_shown_and_not_overwritten(desk: Desk) -> None:
    course, question = desk.course, desk.questions[CELL]
    seen = read_marks(course, "hw2")[CELL, "team-a"].version
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade(CELL, "hw2", "hw2", "team-a")
        grade.manual_score, grade.needs_manual_grade, grade.extra_credit = 2.0, False, 0.5
        gradebook.db.commit()
    written = write_mark(course, "hw2", question, "team-a", Given(0, ""), seen)
    assert not written.done and (written.mark.points, written.mark.extra) == (2.0, 0.5)
    assert read_marks(course, "hw2")[CELL, "team-a"] == written.mark
    again = write_mark(course, "hw2", question, "team-a", Given(1, ""), written.mark.version)
    assert again.done and (again.mark.points, again.mark.extra) == (1.0, 0.5)


def test_a_comment_alone_leaves_the_answer_waiting(desk: Desk) -> None:
    seen = read_marks(desk.course, "hw2")[CELL, "team-a"].version
    written = write_mark(desk.course, "hw2", desk.questions[CELL], "team-a", Given(None, "Which 4?"), seen)
    assert written.done and (written.mark.standing, written.mark.comment) == (Standing.WAITING, "Which 4?")


def test_what_was_marked_and_graded_anew_is_to_be_looked_at_again(desk: Desk) -> None:
    write_mark(desk.course, "hw2", desk.questions[CELL], "team-a", Given(1, ""), None)
    with open_gradebook(desk.course) as gradebook:
        gradebook.find_grade(CELL, "hw2", "hw2", "team-a").needs_manual_grade = True
        gradebook.db.commit()
    mark = read_marks(desk.course, "hw2")[CELL, "team-a"]
    assert (mark.standing, mark.points) == (Standing.LOOK_AGAIN, 1.0)


def test_two_markers_at_once_lose_nothing(desk: Desk) -> None:
    """Of two who saw the same mark, one writes and the other is told; marks of other cells all stay."""
    course = desk.course
    written = [question for question in desk.questions.values() if question.written]
    marks = read_marks(course, "hw2")
    jobs = [(question, team, points) for question in written for team in TEAMS for points in (0.5, 1.0)]

    def write(job: tuple[Question, str, float]) -> tuple[str, str, float, bool]:
        question, team, points = job
        done = write_mark(course, "hw2", question, team, Given(points, ""), marks[question.cell, team].version).done
        note(course, "hw2", question.cell, team, Given(points, "", (points,)))
        return question.cell, team, points, done

    with ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(write, jobs))
    won = {(cell, team): points for cell, team, points, done in ended if done}
    assert len(won) == sum(done for *_, done in ended) == len(jobs) / 2
    after = read_marks(course, "hw2")
    assert {place: after[place].points for place in won} == won
    lines = (course.state / "marks" / "hw2.jsonl").read_bytes().splitlines()
    assert len(lines) == len(jobs)


def test_what_was_clicked_is_known_while_its_points_are_those_of_the_gradebook(desk: Desk) -> None:
    course = desk.course
    mark = write_mark(course, "hw2", desk.questions[CELL], "team-a", Given(1.5, ""), None).mark
    note(course, "hw2", CELL, "team-a", Given(1.5, "", (1.0, 0.5, 0.0)))
    assert last_clicked(course, "hw2", CELL, {"team-a": mark}) == {"team-a": (1.0, 0.5, 0.0)}
    assert last_clicked(course, "hw2", CELL, {"team-a": replace(mark, points=2.0)}) == {}
    with (course.state / "marks" / "hw2.jsonl").open("ab") as file:
        file.write(b'{"when": "2023-')  # the machine went down
    assert last_clicked(course, "hw2", CELL, {"team-a": mark}) == {"team-a": (1.0, 0.5, 0.0)}
