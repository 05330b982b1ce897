"""The command `python -m coursekit.submit`: everything between the last edit and `git push`.

Stands at the submission in the flow course material -> submission -> trace -> verdict -> gradebook -> report. It
checks `netid`, runs the notebook from scratch, stores its outputs, makes the PDF, verifies all files as the course
will, and prints the Git commands. It exits with 0 when everything is ready to hand in, with 1 when something needs
a look, and with 2 when it could not do its work. A training that is shortened by the environment of the command was
asked for: that is told before and after, and nothing else needs a look because of it.
"""

import argparse
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from coursekit import budget
from coursekit.handin import FilesCheck, check_files, parse_netid
from coursekit.submit.assignment import KitAssignment, read_assignment
from coursekit.submit.from_scratch import CellFailed, open_notebook, run_notebook
from coursekit.submit.page import make_html
from coursekit.submit.pdf import NoPdf, find_browser, print_pdf
from coursekit.whole_file import write_whole

BY_HAND = (
    "To make {pdf} by hand: open {notebook} in JupyterLab, choose File > Save and Export Notebook As > HTML, open "
    "the HTML file in any browser, wait until the formulas are there, print it to a PDF named {pdf} in this folder, "
    "and then run `python -m coursekit.submit --no-run --no-pdf`."
)
UNFINISHED = (
    "To hand in what you have all the same: run in Jupyter what runs, save, and then run `python -m coursekit.submit "
    "--no-run`; each test cell is graded by itself."
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # the signs of test cells are in few encodings
    options = _parser().parse_args(arguments)
    folder = options.folder.resolve()
    try:
        assignment = read_assignment()
        return _try_out(assignment, folder) if options.quick else _submit(assignment, folder, options)
    except (ValueError, CellFailed) as error:
        print(f"\n{error}", file=sys.stderr)
        if isinstance(error, CellFailed) and not options.quick:
            print(f"{assignment.notebook} is as it was before; nothing was stored.", file=sys.stderr)
            print(UNFINISHED, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted; the files are as they were before.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m coursekit.submit",
        description="Run the notebook from scratch, make the PDF, and verify the files that you hand in.",
    )
    parser.add_argument("--folder", type=Path, default=Path(), help="where the files are; default: this folder")
    parser.add_argument("--no-run", action="store_true", help="take the notebook's outputs as they are saved")
    parser.add_argument("--no-pdf", action="store_true", help="keep the PDF that is there")
    parser.add_argument(
        "--quick", action="store_true", help="only try the notebook with a very short training; changes no file"
    )
    return parser


def _submit(assignment: KitAssignment, folder: Path, options: argparse.Namespace) -> int:
    path = folder / assignment.notebook
    notebook = open_notebook(path)
    _tell_netid(assignment, folder)
    shortened = [name for name in budget.BOUNDS if os.environ.get(name)] if not options.no_run else []
    if shortened:
        print(f"Note: {' and '.join(shortened)} cut the training short. Unset before the run that you hand in.")
    if not options.no_run:
        print(f"\nRunning {assignment.notebook} from scratch; the training takes a while.")
        run_notebook(notebook, folder)
        write_whole(path, nbformat.writes(notebook).encode("utf-8") + b"\n")
        print(f"Stored all outputs in {assignment.notebook}.")
    if assignment.pdf and not options.no_pdf:
        _make_pdf(assignment, assignment.pdf, notebook, folder)
    check = _verify(assignment, folder)
    if not check.missing:
        _print_git_commands(assignment, folder)
    asked_for = {check.cut_short} if shortened else set()
    return 1 if set(check.remarks) - asked_for else 0


def _try_out(assignment: KitAssignment, folder: Path) -> int:
    notebook = open_notebook(folder / assignment.notebook)
    _tell_netid(assignment, folder)
    os.environ.update(budget.SHORT)
    print(f"\nTrying {assignment.notebook} with a very short training.")
    run_notebook(notebook, folder)
    print("\nEvery cell runs. What the test cells saw stands above.")
    return 0


def _tell_netid(assignment: KitAssignment, folder: Path) -> None:
    if "netid" in assignment.required and (folder / "netid").is_file():
        found = parse_netid((folder / "netid").read_bytes(), assignment.group_size)
        for sentence in found.remarks or (f"netid: {', '.join(found.ids)}.",):
            print(sentence)
    elif "netid" in assignment.required:
        print("netid is missing: write one id a line into a file of this name.")


def _make_pdf(assignment: KitAssignment, pdf: str, notebook: nbformat.NotebookNode, folder: Path) -> None:
    browser = find_browser()
    try:
        if browser is None:
            raise NoPdf("No Chromium, Chrome or Edge was found on this computer, so the PDF is not made.")
        print(f"Making {pdf} ...")
        content = print_pdf(make_html(notebook, folder, assignment.title, assignment.given), folder, browser)
    except NoPdf as error:
        print(f"\n{error}\n" + BY_HAND.format(pdf=pdf, notebook=assignment.notebook))
        return
    write_whole(folder / pdf, content)


def _verify(assignment: KitAssignment, folder: Path) -> FilesCheck:
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name in assignment.required}
    files |= {path.name: b"" for path in folder.iterdir() if path.is_file() and path.name not in files}
    check = check_files(files, assignment.required, assignment.group_size, handed_out=assignment.handed_out)
    print(f"\nTo hand in: {', '.join(check.present) or 'nothing yet'}.")
    if check.pdf and check.pdf.share is not None:
        print(f"{assignment.pdf} shows {check.pdf.share:.0%} of the answers and losses of {assignment.notebook}.")
    if not check.remarks:
        print("All files are there, can be read, and belong together.")
        return check
    print("Before you hand in, look at:")
    for remark in check.remarks:
        print(f"  - {remark}")
    return check


def _print_git_commands(assignment: KitAssignment, folder: Path) -> None:
    in_git = False
    if git := shutil.which("git"):
        command = [git, "-C", str(folder), "rev-parse", "--is-inside-work-tree"]
        in_git = subprocess.run(command, capture_output=True, text=True).stdout.strip() == "true"
    files = " ".join(assignment.required)
    print("\nHand in with:\n")
    if not in_git:
        print("    (copy these files into your clone of your group's repository, and go there)")
    print(f'    git add --force {files}\n    git commit -m "{assignment.title}"\n    git push\n')
    print("Then look at the repository's web page to see that the files have arrived.")


if __name__ == "__main__":
    sys.exit(main())
