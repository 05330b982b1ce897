"""Numbers and mappings are read as Python means them, whatever their type is called."""

from collections import ChainMap, OrderedDict, UserDict, defaultdict
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pytest
import torch

from coursekit.returned import read_number, with_text_keys


class Name(str, Enum):  # noqa: UP042, its str() is not its value
    D = "discriminator"


class Number(IntEnum):
    D = 4


@pytest.mark.parametrize(
    "value",
    [
        2, 2.0, np.float32(2), np.float64(2), np.int64(2), np.array(2.0), np.array([2]), np.array([[2.0]]),
        Fraction(2), Decimal(2), torch.tensor(2), torch.tensor([2.0]), torch.nn.Parameter(torch.tensor(2.0)),
        torch.tensor(2.0, dtype=torch.bfloat16), torch.ones((), requires_grad=True) * 2,
    ],
    ids=repr,
)  # fmt: skip
def test_a_number_is_what_turns_into_one(value: object) -> None:
    number = read_number(value)
    assert number == 2 and type(number) is float


@pytest.mark.parametrize(
    "value",
    [
        "2", b"2", None, [2], (2,), {"loss": 2}, 2j, np.complex64(2), np.array([1, 2]), np.array([]), np.array("x"),
        float, torch.ones(2), torch.ones(0), torch.ones(1, dtype=torch.complex64), torch.ones((), device="meta"),
    ],
    ids=repr,
)  # fmt: skip
def test_text_lists_and_what_holds_several_numbers_are_none(value: object) -> None:
    assert read_number(value) is None


@pytest.mark.parametrize(
    ("key", "text"),
    [(0, "0"), ("d", "d"), (("net", "d"), "('net', 'd')"), (None, "None"), (Name.D, "discriminator"), (Number.D, "4")],
)
def test_keys_become_text(key: object, text: str) -> None:
    for kind in (dict, OrderedDict, UserDict, ChainMap, MappingProxyType, lambda d: defaultdict(list, d)):
        assert with_text_keys(kind({key: 1})) == {text: 1}


def test_no_entry_is_lost_where_keys_have_the_same_text() -> None:
    assert with_text_keys({0: "a", "0": "b", "x": "c"}) == {"0": "a", "'0'": "b", "x": "c"}
    assert with_text_keys({"0": "a", 0: "b", "'0'": "c"}) == {"0": "a", "0'": "b", "'0'": "c"}
    assert len(with_text_keys({0: "a", 0.5: "b", "0": "c", "'0'": "d", "0.5": "e", (): "f", "()": "g"})) == 7
