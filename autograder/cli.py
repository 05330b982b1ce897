"""The command `autograder`: what instructors run.

Every step of the flow course material -> submission -> trace -> verdict -> gradebook -> report starts here. A
mistake of the caller is one sentence on stderr and exit status 2; nothing is changed then. The commands themselves are
in `autograder.commands`.
"""

import sys

import typer

from autograder.commands import authoring, classes, machine, marking, proving
from autograder.errors import UsageError
from autograder.shown.visible import visible

app = typer.Typer(
    name="autograder",
    help="Write, release, grade and report the assignments of a course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    authoring.new_course,
    authoring.new,
    authoring.convert,
    authoring.release,
    classes.collect,
    classes.grade,
    authoring.try_,
    marking.mark,
    classes.report,
    classes.export,
    classes.return_,
    proving.selftest,
    proving.calibrate,
    classes.reproduce,
    machine.doctor,
    machine.demo,
):
    app.command(command.__name__.strip("_").replace("_", "-"))(command)


def main() -> None:
    """Run the command line and exit with its status, which is 2 for a mistake of the caller."""
    try:
        status = app(standalone_mode=False)
    except UsageError as error:
        _complain(str(error))
    except (KeyboardInterrupt, typer.Abort):
        print("Interrupted; run the same command again to go on.", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        if not hasattr(error, "format_message"):  # what Typer raises for wrong arguments has it
            raise
        _complain(error.format_message().replace("Value error, ", ""))  # pydantic's words, which Typer hands on
    else:
        sys.exit(status or 0)


def _complain(sentence: str) -> None:
    if sentence:
        print(f"autograder: {visible(' '.join(sentence.split()))}", file=sys.stderr)
    sys.exit(2)
