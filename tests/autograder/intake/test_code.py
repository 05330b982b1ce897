"""A stub that is put back, or left, never replaces what the student defined, wherever that stands."""

import ast
from collections.abc import Callable
from typing import Any

import pytest

from autograder.demo.students import THREE_OPTIMIZERS
from autograder.intake import Repaired, graded_by_checks
from tests.autograder.intake.homework import Homework

LOSSES, STEP, OPTIMIZERS = (THREE_OPTIMIZERS[n] for n in ("loss_functions", "train_step", "configure_optimizers"))
NAMES = ("discriminator_loss", "generator_loss", "autoencoder_loss")
AS_OBJECTS = """class Discriminator:
    def __call__(self, model, x_real, z): return 1
discriminator_loss = Discriminator()
generator_loss = lambda model, z: 2
autoencoder_loss = print
"""


def found(repaired: Repaired) -> dict[str, str]:
    """What each function is when the test cells run: "written", "stub" or "missing"; only definitions are run."""
    names: dict[str, Any] = {}
    seen = {}
    for cell in repaired.notebook.cells:
        if graded_by_checks(cell):
            for part in ast.walk(ast.parse(cell.source)):
                if isinstance(part, ast.Name) and part.id != "check":
                    function = names.get(part.id)
                    stub = "NotImplementedError" in getattr(getattr(function, "__code__", None), "co_names", ())
                    seen[part.id] = "missing" if function is None else "stub" if stub else "written"
        elif cell.cell_type == "code" and ("def " in cell.source or "lambda" in cell.source):
            source = cell.source.removeprefix("%%time\n").replace("%matplotlib inline", "")
            try:
                tree = ast.parse(source)
            except SyntaxError:
                continue
            tree.body = [part for part in tree.body if not isinstance(part, ast.Expr)]
            exec(compile(tree, "cell", "exec"), names)
    return seen


def typed_again(homework: Homework) -> None:
    homework.drop("loss_functions")
    homework.put(homework.place("check_losses"), LOSSES)


def merged_with_the_cell_above(homework: Homework) -> None:
    homework["configure_optimizers"].source += "\n\n" + LOSSES
    homework.drop("loss_functions")


def merged_with_a_cell_below(homework: Homework) -> None:
    homework["train_step"].source = f"{LOSSES}\n\n{STEP}"
    homework.drop("loss_functions")


def further_up(homework: Homework) -> None:
    homework.drop("loss_functions")
    homework.put(homework.place("imports") + 1, LOSSES)


def above_the_stub(homework: Homework) -> None:
    homework.put(homework.place("loss_functions"), LOSSES)


def below_the_stub(homework: Homework) -> None:
    homework.put(homework.place("check_losses"), LOSSES)


def below_the_test(homework: Homework) -> None:
    homework.put(homework.place("check_losses") + 1, LOSSES)


def at_the_very_end_in_two_cells(homework: Homework) -> None:
    homework.put(len(homework.notebook.cells), "def mean(x):\n    return x.mean()\n")
    homework.put(len(homework.notebook.cells), LOSSES.replace("return loss_real", "mean(fake)\n    return loss_real"))


def in_three_cells(homework: Homework) -> None:
    place = homework.place("loss_functions")
    for text in reversed(LOSSES.split("\n\n\n")):
        homework.put(place, text)


def as_objects(homework: Homework) -> None:
    homework.put(homework.place("loss_functions"), AS_OBJECTS)


def below_a_magic(homework: Homework) -> None:
    homework.put(homework.place("loss_functions"), f"%%time\n{LOSSES}")


def below_a_line_of_ipython(homework: Homework) -> None:
    homework.put(homework.place("loss_functions"), f"%matplotlib inline\n{LOSSES}")


def in_a_condition(homework: Homework) -> None:
    homework.put(homework.place("loss_functions"), "if True:\n" + "\n".join(f"    {x}" for x in LOSSES.split("\n")))


def decorated(homework: Homework) -> None:
    homework.put(homework.place("loss_functions"), LOSSES.replace("\ndef", "\n@staticmethod\ndef"))


def in_the_test_cell(homework: Homework) -> None:
    homework["check_losses"].source = f"{LOSSES}\n\n{homework['check_losses'].source}"


def in_the_cell_of_imports(homework: Homework) -> None:
    homework["imports"].source += f"\n\n{LOSSES}"


def one_function_elsewhere(homework: Homework) -> None:
    first, second, third = LOSSES.split("\n\n\n")
    stub = homework["loss_functions"].source.split("\n\n\n")[1]
    homework["loss_functions"].source = "\n\n\n".join((first, stub, third))
    homework.put(homework.place("loss_functions"), second)


def an_untouched_copy_below(homework: Homework) -> None:
    stub = homework["loss_functions"].source
    homework["loss_functions"].source = LOSSES
    homework.put(homework.place("check_losses"), stub)


MOVES = (
    typed_again,
    merged_with_the_cell_above,
    merged_with_a_cell_below,
    further_up,
    above_the_stub,
    below_the_stub,
    below_the_test,
    at_the_very_end_in_two_cells,
    in_three_cells,
    as_objects,
    below_a_magic,
    below_a_line_of_ipython,
    in_a_condition,
    decorated,
    in_the_test_cell,
    in_the_cell_of_imports,
    one_function_elsewhere,
    an_untouched_copy_below,
)


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.__name__)
def test_functions_are_found_wherever_they_stand(homework: Callable[..., Any], move: Callable[[Any], None]) -> None:
    changed = homework("loss_functions")
    move(changed)
    repaired = changed.repaired()
    assert {name: what for name, what in found(repaired).items() if name in NAMES} == dict.fromkeys(NAMES, "written")
    assert not any("loss_functions" in remark and "missing" in remark for remark in repaired.remarks)


@pytest.mark.parametrize("place", [0, 5, -1])
def test_what_is_not_written_is_not_written_whatever_stands_beside_it(
    homework: Callable[..., Homework], place: int
) -> None:
    changed = homework("loss_functions")
    changed.put(place, "def helper():\n    return 1\n")
    repaired = changed.repaired()
    assert {name: found(repaired)[name] for name in NAMES} == dict.fromkeys(NAMES, "stub")
    assert repaired.doubts == {} and repaired.remarks == ()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("markdown", f"```python\n{LOSSES}\n```"),
        ("raw", LOSSES),
        ("code", f"%%writefile losses.py\n{LOSSES}"),
        ("code", "from losses import *"),
        ("code", f"“{LOSSES}”"),
    ],
)
def test_a_check_does_not_decide_where_the_function_may_be_in_what_cannot_be_read(
    homework: Callable[..., Homework], kind: str, text: str
) -> None:
    changed = homework("loss_functions")
    changed.put(changed.place("loss_functions"), text, kind)
    assert list(changed.repaired().doubts) == ["check_losses"]


def test_a_check_does_not_decide_where_the_function_is_in_another_file(homework: Callable[..., Homework]) -> None:
    changed = homework("loss_functions")
    assert list(changed.repaired(files={"src/losses.py": LOSSES.encode()}).doubts) == ["check_losses"]
    assert changed.repaired(files={"helpers/losses.py": LOSSES.encode()}, given=["helpers"]).doubts == {}  # the kit's


def test_marks_of_a_merge_are_named_and_the_check_does_not_decide(homework: Callable[..., Homework]) -> None:
    changed = homework()
    changed["loss_functions"].source = f"<<<<<<< HEAD\n{LOSSES}\n=======\n{LOSSES}\n>>>>>>> theirs"
    repaired = changed.repaired()
    assert any("merge conflict that Git left" in remark for remark in repaired.remarks)
    assert list(repaired.doubts) == ["check_losses"]
