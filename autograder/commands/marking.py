"""The commands for people who mark by hand: mark."""

from pathlib import Path
from typing import Annotated

import typer

from autograder.commands.arguments import AssignmentName, CourseFolder, console
from autograder.config import load_course


def mark(
    assignment: AssignmentName,
    course: CourseFolder = Path(),
    port: Annotated[int, typer.Option(min=0, max=65535, help="to listen on; 0: any that is free")] = 0,
) -> None:
    """Mark written answers in a browser of this machine, one question at a time, across all teams."""
    settings = load_course(course)
    settings.source_notebook(assignment)
    settings.require_graded(assignment)
    from autograder.marking.desk import open_desk
    from autograder.marking.server import serve

    def tell(address: str) -> None:
        console.print(f"Open {address}\nEnd with Ctrl-C; every mark that is saved stays.", soft_wrap=True)

    serve(open_desk(settings, assignment), port, tell)
