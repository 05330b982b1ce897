"""The arguments that several commands take, and where all of them print."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

AssignmentName = Annotated[str, typer.Argument(metavar="ASSIGNMENT", help="for example hw2", show_default=False)]
CourseFolder = Annotated[Path, typer.Option("--course", help="the folder that holds course.toml")]
Processes = Annotated[int | None, typer.Option(min=1, help="at once; default: one for each core", show_default=False)]
SolutionsFolder = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="the folder that holds right/, wrong/ and blind_spots/; default: solutions/ASSIGNMENT",
        show_default=False,
        exists=True,
        file_okay=False,
    ),
]

console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
