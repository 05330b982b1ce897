"""Writes `README.md` beside this file: what every attack came to in one run of the tests.

pytest tests/attacks --junit-xml report.xml
python tests/attacks/table.py report.xml
"""

import ast
import os
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).parent
HEAD = """\
# Attacks

What submissions tried, what it came to, and what it cost: one run of all files of this folder through the real
pipeline, on a machine with {processors}. Each notebook is graded alone, some with smaller limits than a course has.
Points are those that its honest answers earn, or 0. Seconds are the whole way from the folder to the verdict. Memory
is the highest that was seen: of all processes of the sandbox together, and of each process of ours: the worker that
grades (below 600 MiB, whatever arrives), the relay that reads the sandbox's messages for it (below 600 MiB), and the
process that judges. Of our processes together the processor seconds are given. Made by
`python tests/attacks/table.py REPORT`.

| attack | tries | must hold | held | points | seconds | sandbox MiB | worker | relay | judge | our CPU s |
|---|---|---|---|---:|---:|---:|---:|---:|---:|---:|
"""
NUMBERS = ("seconds", "peak_memory", "worker_memory", "relay_memory", "judge_memory", "own_seconds")
TOGETHER = "warm"  # the case of those that only look around
TAIL = """
All of them meet a sandbox that is forked from a template; some, among them all that share a notebook, meet one that is
started cold as well. What one sandbox leaves behind for another, what happens to a template that is killed, hangs or is
forked again and again, and whether a warm sandbox is as a cold one in everything that can be seen, is tried in
`tests/autograder/sandbox/warm/`, with two sandboxes at a time.
"""


def read_report(path: Path) -> dict[str, dict[str, str]]:
    """For each attack that was graded alone, and for those together: what the test recorded, and whether it passed."""
    cases = {}
    for case in ElementTree.parse(path).iter("testcase"):
        name = case.get("name", "")
        properties = {p.get("name", ""): p.get("value", "") for p in case.iter("property")}
        passed = case.find("failure") is None and case.find("error") is None
        cases[name.partition("[")[2].rstrip("]") or name] = properties | {"held": "yes" if passed else "**no**"}
    return cases


def write_table(cases: dict[str, dict[str, str]], processors: str) -> str:
    rows, shared = [], cases[TOGETHER]
    for path in sorted(HERE.glob("*/*.py")):
        tries, _, must_hold = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n\n")
        case = cases.get(path.stem, {"held": shared["held"], "points": shared["points"]})
        numbers = " | ".join(case.get(name, "shared") for name in NUMBERS)
        told = [" ".join(text.split(": ", 1)[1].split()).replace("|", "\\|") for text in (tries, must_hold)]
        outcome = f"{case['held']} | {float(case['points']):g}"
        rows.append(f"| `{path.stem}` | {told[0]} | {told[1]} | {outcome} | {numbers} |")
    cost = f"{shared['seconds']} seconds and {shared['peak_memory']} MiB together, the worker {shared['worker_memory']}"
    ending = f"\nAttacks that only look around share one notebook: {cost} MiB.\n{TAIL}"
    return HEAD.format(processors=processors) + "\n".join(rows) + "\n" + ending


if __name__ == "__main__":
    table = write_table(read_report(Path(sys.argv[1])), f"{os.cpu_count()} processors")
    (HERE / "README.md").write_text(table, encoding="utf-8")
