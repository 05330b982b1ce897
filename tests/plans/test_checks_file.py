"""What an author can do wrong in a file of checks is told in one sentence, with file and line."""

from pathlib import Path

import pytest

from autograder.checks import load_checks
from autograder.errors import UsageError
from autograder.plans.checks_file import read_declared
from autograder.plans.write_plans import make_plans, make_public
from autograder.selftest import Selftest, selftest

HEAD = """import pytest
from autograder.plans import expect, given, plan
"""
PLAN = """
@plan("check_f", public=True)
def asked(ask):
    return ask.call("f", 1.0)
"""
CHECK = """
@pytest.mark.check(cell="check_f", points=1)
def test_f(asked):
    expect(asked).close(2.0)
"""


def write(folder: Path, text: str) -> Path:
    (folder / "checks").mkdir()
    path = folder / "checks" / "task.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("def test_f(:\n", 1, "this is no valid Python"),
        (HEAD + "import nothing_like_this\n", 3, "cannot be imported (ModuleNotFoundError"),
        (HEAD + "x = 1 / 0\n", 3, "cannot be imported (ZeroDivisionError"),
        (HEAD + "def test_f():\n    pass\n", 3, "test_f has no mark"),
        (HEAD + CHECK + CHECK, 9, "the function test_f replaces the one of line 5, which is lost; rename one"),
        (HEAD + PLAN + PLAN, 9, "the function asked replaces the one of line 5, which is lost; rename one"),
        (HEAD + '@pytest.mark.check(cell="c")\ndef test_f():\n    pass\n', 3, "says no points"),
        (HEAD + '@pytest.mark.check(cell="c", points=0)\ndef test_f():\n    pass\n', 3, "says no points"),
        (HEAD + '@pytest.mark.check(cell="c", points="1")\ndef test_f():\n    pass\n', 3, "says no points"),
        (HEAD + "@pytest.mark.check(points=1)\ndef test_f():\n    pass\n", 3, "names no cell"),
        (HEAD + '@pytest.mark.check(cell="c", points=1, need=["f"])\ndef test_f():\n    pass\n', 3, "says 'need'"),
        (
            HEAD + '@pytest.mark.check(cell="c", points=1, needs=["g"])\ndef test_f():\n    pass\n',
            3,
            "f needs 'g', and there is no such check",
        ),
        (
            HEAD
            + '@pytest.mark.check(cell="c", points=1, needs=["g"])\ndef test_f():\n    pass\n'
            + '@pytest.mark.check(cell="c", points=1, needs=["f"])\ndef test_g():\n    pass\n',
            3,
            "these checks need each other: f needs g needs f",
        ),
    ],
)
def test_a_mistake_of_the_author_has_a_line(text: str, line: int, said: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    with pytest.raises(UsageError) as told:
        load_checks(path)
    message = str(told.value)
    assert said in message and message.count("\n") == 0
    assert f"{path.name}, line {line}:" in message


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("ask.call('f', object())", "holds a value of type object"),
        ("ask.module(given('torch.nn:Nothing'))", "'torch.nn:Nothing', which cannot be imported"),
        ("ask.call(given('builtins:str.lowest'), 'A')", "'builtins:str.lowest', which cannot be imported"),
        ("ask.call(given('builtins'), 'A')", "'builtins', which cannot be imported"),
        ("ask.optimizer('Atom', ask.module('M'), lr=1)", "torch.optim.Atom, which there is not"),
        ("ask.call('f', times=0)", "which must be 1 or more"),
        (
            "ask.call('f', times=20_001, keep=2)",
            "keeps 10,001 values of f, of which 10,000 can come back: name a larger",
        ),
        ("ask.call('f', ask.randn('x'))", "stops with TypeError"),
    ],
)
def test_a_plan_that_cannot_be_built_is_told(call: str, said: str, tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + PLAN.replace('ask.call("f", 1.0)', call) + CHECK)
    with pytest.raises(UsageError, match=r"task.py, line 4: the plan asked") as told:
        list(load_checks(path).make_probes(1))
    assert said in str(told.value)


def test_a_public_check_that_breaks_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + PLAN + CHECK.replace("expect(asked).close(2.0)", "asked + 1"))
    with pytest.raises(UsageError, match="line 8: f breaks over a public plan"):
        make_public(read_declared(path), tmp_path / "public")


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        (
            "__import__('datetime').date(2026, 1, 2)",
            "expects a value of type date, which cannot come back: let",
        ),
        ("__import__('numpy').array(['a'])", "expects a value of type <U1, which cannot come back"),
        ("[{'a': object()}]", "expects a value of type object, which cannot come back"),
        ("__import__('numpy').array(['a'], dtype=object)", "expects a value of type object, which"),
        ("'x' * 100_001", "expects 100,001 characters, and 100,000 can come back: let the plan take a part"),
        ("[0] * 10_001", "expects 10,001 items, and 10,000 can come back"),
        ("[[[[[[1]]]]]]", "expects 6 lists in each other, and 5 can come back"),
        ("10 ** 4000", "expects a number of more than 4,000 digits"),
    ],
)
def test_what_cannot_come_back_is_told_before_anyone_is_failed_for_it(expected: str, said: str, tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + PLAN + CHECK.replace("2.0", expected))
    with pytest.raises(UsageError, match="line 8: f breaks over a public plan") as told:
        make_public(read_declared(path), tmp_path / "public")
    assert said in str(told.value) and "\n" not in str(told.value)


def test_bounds_that_are_not_derived_yet_are_told(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + PLAN + CHECK.replace("asked)", "asked, bounds)"))
    with pytest.raises(UsageError, match="there are no QUANTITIES in its file"):
        load_checks(path)


QUANTITY = "from autograder.checks.bounds import Quantity\nQUANTITIES = [Quantity('a', 'the a', 'logit', ('low',))]\n"


@pytest.mark.parametrize(
    "written",
    ["{'a': 'low'}", "Quantity('a', 'the a', 'log', ('low',))", "[Quantity('a', 'the a', 'linear', ('low',))]"]
    + [f"[Quantity('a', 'the a', 'log', {sides})]" for sides in ("'low'", "()", "('below',)")],
)
def test_quantities_of_another_form_are_told_with_an_example(written: str, tmp_path: Path) -> None:
    of_author = QUANTITY.partition("[")[0] + written
    path = write(tmp_path, HEAD + of_author + PLAN + CHECK.replace("asked)", "asked, bounds)"))
    with pytest.raises(UsageError, match=r"task.py: QUANTITIES is a list .*: write QUANTITIES = \[Quantity\("):
        read_declared(path)


def test_checks_that_measure_are_used_with_their_bounds_only(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + QUANTITY + PLAN + CHECK.replace("asked)", "asked, bounds)"))
    (tmp_path / "right").mkdir()
    (tmp_path / "right" / "f.py").write_text('"""Right."""\ndef f(x): return 2.0\n', encoding="utf-8")
    for content in (None, '{"bounds": []}', "{", '{"bounds": [{"name": "a"}]}'):
        if content is not None:
            path.with_name("task.bounds.json").write_text(content, encoding="utf-8")
        with pytest.raises(UsageError, match=r"task\.bounds\.json .*`autograder calibrate task --write`"):
            selftest(Selftest(path, tmp_path))


def test_equal_seeds_give_equal_plans_and_other_seeds_others(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + PLAN.replace("1.0", "ask.randn(3)") + CHECK)
    first, again, other = (dict(make_plans(read_declared(path), seed))["asked"] for seed in (1, 1, 2))
    assert first.data == again.data
    assert first.tensors["t0"].equal(again.tensors["t0"]) and not first.tensors["t0"].equal(other.tensors["t0"])
