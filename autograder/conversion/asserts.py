"""What an assert expects, in the words of `expect`.

In the conversion this is given expressions in which results have names of their own. A comparison of a result with a
value becomes a word; any other claim about results is kept as it is, as a property.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass

EXACT = "tolerance=1e-9"
ALL_CLOSE = {"numpy.allclose", "torch.allclose", "torch.isclose", "numpy.isclose", "math.isclose"}
EQUAL = {"torch.equal", "numpy.array_equal"}
ARRAYS = {
    f"{module}.{name}"
    for module in ("numpy", "torch")
    for name in ("array", "tensor", "zeros", "ones", "full", "eye", "arange", "linspace")
}
RELATIVE = {"rtol", "rel_tol"}
USUAL = {"numpy": "1e-5", "torch": "1e-5", "math": "1e-9"}  # relative tolerances where nothing is said
NUMBERS = (bool, int, float)
# Functions that assert: the same as a claim about their first two arguments. {d} is how many digits must agree.
ASSERTING = {
    "numpy.testing.assert_allclose": "np.allclose({0}, {1}, rtol={rtol}, atol={atol})",
    "numpy.testing.assert_almost_equal": "np.allclose({0}, {1}, rtol=0, atol=1.5 * 10.0**-{d})",
    "numpy.testing.assert_array_almost_equal": "np.allclose({0}, {1}, rtol=0, atol=1.5 * 10.0**-{d})",
    "numpy.testing.assert_array_equal": "np.array_equal({0}, {1})",
    "numpy.testing.assert_equal": "np.array_equal({0}, {1})",
    "torch.testing.assert_close": "torch.allclose({0}, {1}, rtol={rtol}, atol={atol})",
    "nose.tools.assert_equal": "{0} == {1}",
    "nose.tools.assert_almost_equal": "round({0} - {1}, {d}) == 0",
    "nose.tools.assert_true": "{0}",
}
DEFAULTS = {"numpy": {"rtol": "1e-07", "atol": "0"}, "torch": {"rtol": "1.3e-06", "atol": "1e-05"}, "nose": {}}
Kind = Callable[[ast.expr], str]  # "result", "plain", or "mixed"


@dataclass(frozen=True)
class Word:
    """A word of `expect`, the result that it looks at, the values that it is given, and its further arguments."""

    name: str
    got: ast.expr
    values: tuple[ast.expr, ...] = ()
    options: str = ""


def as_claim(call: ast.Call, name: str) -> ast.expr | None:
    """What a function that asserts says of its arguments, or None if it says more than is known here."""
    given = {word.arg: ast.unparse(word.value) for word in call.keywords if word.arg in ("rtol", "atol")}
    digits = [word.value for word in call.keywords if word.arg in ("decimal", "places")] + call.args[2:3]
    d = ast.unparse(digits[0]) if digits else "7"
    known = {**DEFAULTS[name.partition(".")[0]], **given, "d": d}
    wanted = 2 if "{1}" in ASSERTING[name] else 1
    most = wanted + 1 if "{d}" in ASSERTING[name] else wanted
    if not wanted <= len(call.args) <= most or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    told = [f"({ast.unparse(one)})" for one in call.args]
    return ast.parse(ASSERTING[name].format(*told, **known), mode="eval").body


def read_claim(test: ast.expr, kind: Kind, called: Callable[[ast.expr], str]) -> Word | None:
    """The word for what an assert claims, or None if there is none.

    Args:
        test: the claim.
        kind: what an expression is: a result, plain, or a mixture.
        called: the full name of a function, such as "numpy.allclose".
    """
    if isinstance(test, ast.Call):
        return _of_call(test, kind, called)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _of_comparison(test.left, test.ops[0], test.comparators[0], kind)
    if isinstance(test, ast.Compare) and len(test.ops) == 2 and all(isinstance(op, ast.LtE) for op in test.ops):
        low, got, high = test.left, *test.comparators
        if kind(got) == "result" and _is_constant(low, NUMBERS) and _is_constant(high, NUMBERS):
            return Word("between", got, (low, high))
    return None


def _of_call(test: ast.Call, kind: Kind, called: Callable[[ast.expr], str]) -> Word | None:
    name = called(test.func)
    if name not in ALL_CLOSE | EQUAL or len(test.args) != 2:
        return None
    sides = _sides(test.args[0], test.args[1], kind)
    if sides is None:
        return None
    value = sides[1]
    is_array = isinstance(value, ast.Call) and called(value.func) in ARRAYS and not _has_text_or_no_number(value)
    if not is_array and not (name == "math.isclose" and _is_constant(value, NUMBERS)):
        return None  # these functions also take lists for arrays, and one number for many
    if name in EQUAL:
        return Word("close", sides[0], (value,), EXACT)
    told = {word.arg: word.value for word in test.keywords}
    absolute = told.pop("atol", ast.Constant(0))
    if not (isinstance(absolute, ast.Constant) and absolute.value == 0 and set(told) <= RELATIVE):
        return None  # an absolute tolerance is kept as the author wrote it
    relative = next((ast.unparse(one) for one in told.values()), USUAL[name.partition(".")[0]])
    return Word("close", sides[0], (value,), f"tolerance={relative}")


def _of_comparison(left: ast.expr, op: ast.cmpop, right: ast.expr, kind: Kind) -> Word | None:
    if isinstance(op, ast.Eq | ast.Is) and isinstance(left, ast.Attribute) and left.attr == "shape":
        if kind(left.value) == "result" and isinstance(right, ast.Tuple) and kind(right) == "plain":
            return Word("has_shape", left.value, tuple(right.elts))
        return None
    sides = _sides(left, right, kind)
    if sides is None:
        return None
    got, value = sides
    turned = got is right
    match op:
        case ast.Eq() if _is_comparable(value):
            return Word("close", got, (value,), EXACT)
        case ast.Is() if isinstance(value, ast.Constant) and (value.value is None or isinstance(value.value, bool)):
            return Word("close", got, (value,))
        case ast.LtE() if _is_constant(value, NUMBERS):
            return Word("at_least" if turned else "at_most", got, (value,))
        case ast.GtE() if _is_constant(value, NUMBERS):
            return Word("at_most" if turned else "at_least", got, (value,))
    return None


def _sides(left: ast.expr, right: ast.expr, kind: Kind) -> tuple[ast.expr, ast.expr] | None:
    """The result and the value of a comparison, if it is one of both."""
    match kind(left), kind(right):
        case "result", "plain":
            return left, right
        case "plain", "result":
            return right, left
    return None


def _is_comparable(value: ast.expr) -> bool:
    """Whether `close` compares as `==` does: no set, and no dict, which stands for the weights of a module."""
    if isinstance(value, ast.List | ast.Tuple):
        return bool(value.elts) and all(_is_comparable(item) for item in value.elts)
    return _is_constant(value, (*NUMBERS, str, type(None)))


def _is_constant(value: ast.expr, types: tuple[type, ...]) -> bool:
    """Whether it is a number, or whatever of these types, that is written out: `-1`, `2 / 3`."""
    match value:
        case ast.Constant(inner):
            return isinstance(inner, types)
        case ast.UnaryOp(ast.USub() | ast.UAdd(), inner):
            return _is_constant(inner, NUMBERS)
        case ast.BinOp(left, _, right):
            return _is_constant(left, NUMBERS) and _is_constant(right, NUMBERS)
    return False


def _has_text_or_no_number(value: ast.expr) -> bool:
    """Whether an array holds text, or infinities and what is no number, which `close` does not compare."""
    return any(
        (isinstance(one, ast.Constant) and isinstance(one.value, str))
        or (isinstance(one, ast.Attribute | ast.Name) and ast.unparse(one).lower().rpartition(".")[2] in ("inf", "nan"))
        for one in ast.walk(value)
    )
