"""What the desk answers to a browser; what waits for the gradebook, or reads what students wrote, runs in threads."""

import hmac
import secrets
from asyncio import to_thread
from urllib.parse import quote

from tornado.web import HTTPError

from autograder.errors import UsageError
from autograder.marking import clicked
from autograder.marking.book import write_mark
from autograder.marking.desk import LEFT, Desk, Marks
from autograder.marking.form import read_given
from autograder.marking.guard import Guarded, require_own_machine, require_own_page
from autograder.marking.pages import TEMPLATES, Place, render_answer, render_overview
from autograder.marking.records import Given, Question
from autograder.marking.work import read_pdf, read_work

_FILES = {"desk.js": "text/javascript", "style.css": "text/css"}


class _Handler(Guarded):
    """What the pages share."""

    @property
    def title(self) -> str:
        return self.desk.course.assignment(self.desk.assignment).title

    def question(self, cell: str) -> Question:
        if cell not in self.desk.questions:
            raise HTTPError(404, reason="There is no such question")
        return self.desk.questions[cell]

    async def marks(self) -> Marks:
        return await to_thread(self.desk.read)

    def team(self, question: Question, number: str, marks: Marks) -> str:
        team = self.desk.find(number, marks)
        if team is None or (question.cell, team) not in marks:
            raise HTTPError(404, reason="There is no such answer")
        return team


class _Enter(Guarded):
    """The address that the command prints: it leaves the token in the browser and not in its address bar."""

    def prepare(self) -> None:
        require_own_machine(self.request)

    def get(self) -> None:
        if not hmac.compare_digest(self.get_query_argument("token", "").encode(), self.token.encode()):
            raise HTTPError(403, reason="Open the address that the command printed")
        self.set_cookie(self._cookie, self.token, httponly=True, samesite="Strict", expires_days=None)
        if not self.marker:
            self.set_cookie("desk-marker", secrets.token_hex(8), httponly=True, samesite="Strict", expires_days=None)
        self.redirect("/")


class _Overview(_Handler):
    async def get(self) -> None:
        progress = self.desk.progress(await self.marks())
        ended = self.desk.questions.get(self.get_query_argument("done", ""))
        told = f"Nothing more waits in: {ended.title}" if ended else ""
        self.write(await to_thread(render_overview, self.title, progress, told))


class _Next(_Handler):
    """Leads to an answer that waits for a mark."""

    async def get(self, cell: str) -> None:
        question, marks = self.question(cell), await self.marks()
        team = self.desk.next_left(question, marks, None, self.marker)
        teams = self.desk.order(question, marks)
        if not teams:
            raise HTTPError(404, reason="Nobody has handed in an answer to this question")
        self.redirect(f"/question/{quote(cell)}/{self.desk.number(team or teams[0])}")


class _Answer(_Handler):
    async def get(self, cell: str, number: str) -> None:
        question, marks = self.question(cell), await self.marks()
        await self.show(question, self.team(question, number, marks), marks)

    async def post(self, cell: str, number: str) -> None:
        require_own_page(self.request)
        question, marks = self.question(cell), await self.marks()
        team = self.team(question, number, marks)
        try:
            given = read_given(self, question)
        except ValueError as error:
            raise HTTPError(400, reason=str(error)) from None
        course, assignment = self.desk.course, self.desk.assignment
        seen = self.get_body_argument("seen", "")
        try:
            written = await to_thread(write_mark, course, assignment, question, team, given, seen)
        except UsageError as error:
            self.set_status(503)
            await self.show(question, team, marks, given, str(error))
            return
        if not written.done:
            self.set_status(409)
            marks = {**marks, (cell, team): written.mark}
            await self.show(question, team, marks, given, "Another marker was here meanwhile, and nothing was written.")
            return
        await to_thread(clicked.note, course, assignment, cell, team, given)
        self.desk.leave(question, team, self.marker)
        marks = await self.marks()
        following = self.desk.next_left(question, marks, team, self.marker)
        self.redirect(
            f"/question/{quote(cell)}/{self.desk.number(following)}" if following else f"/?done={quote(cell)}",
            status=303,
        )

    async def show(
        self, question: Question, team: str, marks: Marks, refused: Given | None = None, told: str = ""
    ) -> None:
        desk, cell = self.desk, question.cell
        mark = marks[cell, team]
        of_cell = {other: one for (name, other), one in marks.items() if name == cell}
        known = await to_thread(clicked.last_clicked, desk.course, desk.assignment, cell, of_cell)
        work = await to_thread(read_work, desk.course, desk.assignment, team, question)
        place = _place(desk, question, team, marks)
        others = desk.hold(question, team, self.marker)
        chosen = known.get(team)
        self.write(
            await to_thread(
                render_answer, self.title, question, place, work, mark, chosen, others, refused=refused, told=told
            )
        )


class _State(_Handler):
    """What the page of an answer asks every few seconds: whether its mark is still the one that it shows."""

    async def get(self, cell: str, number: str) -> None:
        question, marks = self.question(cell), await self.marks()
        team = self.team(question, number, marks)
        others = self.desk.hold(question, team, self.marker)
        self.write({"version": marks[cell, team].version, "others": others})


class _Pdf(_Handler):
    async def get(self, number: str) -> None:
        team = self.desk.find(number, await self.marks())
        pdf = await to_thread(read_pdf, self.desk.course, self.desk.assignment, team) if team else None
        if pdf is None:
            raise HTTPError(404, reason="There is no PDF that can be read")
        self.set_header("Content-Type", "application/pdf")
        self.set_header("Content-Disposition", f'inline; filename="{number}.pdf"')
        self.write(pdf)


class _File(Guarded):
    """The style sheet and the script."""

    def get(self, name: str) -> None:
        self.set_header("Content-Type", f"{_FILES[name]}; charset=utf-8")
        self.write((TEMPLATES / name).read_bytes())


def _place(desk: Desk, question: Question, team: str, marks: Marks) -> Place:
    teams = desk.order(question, marks)
    teams = teams if team in teams else [*teams, team]
    at = teams.index(team)
    before, after = teams[at - 1 : at] if at else [], teams[at + 1 : at + 2]
    waiting = [one for one in teams if one != team and marks[question.cell, one].standing in LEFT]
    numbers = [desk.number(one[0]) if one else None for one in (before, after)]
    return Place(desk.number(team), at + 1, len(teams), numbers[0], numbers[1], len(waiting))


ROUTES = (
    (r"/enter", _Enter),
    (r"/", _Overview),
    (r"/question/([^/]+)", _Next),
    (r"/question/([^/]+)/([0-9a-f]+)", _Answer),
    (r"/question/([^/]+)/([0-9a-f]+)/state", _State),
    (r"/pdf/([0-9a-f]+)", _Pdf),
    (r"/(desk\.js|style\.css)", _File),
)
