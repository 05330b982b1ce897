"""Notebooks as courses with nbgrader have them, written as text: a line `## kind name points` begins a cell."""

import re

import nbformat
from nbformat import NotebookNode

CELL = re.compile(r"^## (text|given|solution|test|written) (\S+) ?([\d.]*)\n", re.MULTILINE)

NUMPY = '''## text title
# Homework 2: statistics by hand
## given imports
%matplotlib inline
import numpy as np
import decimal
## solution standardize
def standardize(x):
    """Subtract the mean of each column and divide by its standard deviation."""
    ### BEGIN SOLUTION
    return (x - x.mean(axis=0)) / x.std(axis=0)
    ### END SOLUTION
## test test_standardize 4
"""Check that standardize is right."""
x = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 60.0]])
z = standardize(x)
assert z.shape == (3, 2)
assert np.allclose(z.mean(axis=0), 0), "each column must have mean 0"
### BEGIN HIDDEN TESTS
x = np.random.randn(50, 3)
np.testing.assert_allclose(standardize(x), (x - x.mean(0)) / x.std(0))
assert abs(standardize(x).std() - 1) < 1e-6
### END HIDDEN TESTS
## solution median
def median(values):
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
## test test_median 3
for values, expected in [([3, 1, 2], 2), ([4, 1, 2, 3], 2.5)]:
    assert median(values) == expected
try:
    median([])
except ValueError:
    pass
else:
    raise AssertionError("median of nothing should raise")
### BEGIN HIDDEN TESTS
assert median([5]) == 5
values = [9, 8, 7]
median(values)
assert values == [9, 8, 7]
price = decimal.Decimal("1.5")
assert median([price]) == price
### END HIDDEN TESTS
## written discussion 2
When is the median better than the mean?
=== BEGIN MARK SCHEME ===
2 points for outliers.
=== END MARK SCHEME ===
'''

TORCH = """## given imports
import torch
import torch.nn as nn
import torch.nn.functional as F
## solution network
class Net(nn.Module):
    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        ### BEGIN SOLUTION
        self.hidden = nn.Linear(inputs, hidden)
        self.out = nn.Linear(hidden, outputs)
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return self.out(torch.relu(self.hidden(x)))
        ### END SOLUTION
## test net_shapes 2
torch.manual_seed(0)
net = Net(4, 8, 3)
rows = 2
rows += 3
with torch.no_grad():
    out = net(torch.zeros(rows, 4))
out
assert isinstance(out, torch.Tensor)
assert out.shape == (5, 3)
assert net.out.weight.shape == (3, 8)
## solution loss
def cross_entropy(logits, labels):
    ### BEGIN SOLUTION
    return F.cross_entropy(logits, labels)
    ### END SOLUTION
## test loss_value 3
logits = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
labels = torch.tensor([0, 1])
assert torch.isclose(cross_entropy(logits, labels), torch.tensor(0.2200949), atol=1e-5)
assert cross_entropy(logits, labels) >= 0 and cross_entropy(logits, labels) < 1
### BEGIN HIDDEN TESTS
assert torch.allclose(cross_entropy(logits * 1000, labels), torch.zeros(()))
assert cross_entropy(logits, 1 - labels) > cross_entropy(logits, labels)
assert all(cross_entropy(logits * k, labels) > 0 for k in range(3))
### END HIDDEN TESTS
"""

PYTHON = '''## text intro
Warm-up in Python.
## solution answer
### BEGIN SOLUTION
answer = 42
### END SOLUTION
## test the-answer 1
assert answer == 42, "Count again."
## solution words
def count_words(text):
    """A dict of words and how often they occur."""
    ### BEGIN SOLUTION
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
    ### END SOLUTION

def is_palindrome(text):
    ### BEGIN SOLUTION
    letters = [c for c in text.lower() if c.isalpha()]
    return letters == letters[::-1]
    ### END SOLUTION
## test cell-3f9a 2
from nose.tools import assert_equal, assert_raises
assert_equal(count_words("a b a"), {"a": 2, "b": 1})
assert is_palindrome("Never odd or even") is True
assert not is_palindrome("nearly")
low, high = sorted(count_words("x y y y").values())
assert low == 1
### BEGIN HIDDEN TESTS
assert count_words("") == {}
with assert_raises(AttributeError):
    count_words(3)
assert 1 <= count_words("to be or not to be")["be"] <= 2
### END HIDDEN TESTS
## solution account
class Account:
    ### BEGIN SOLUTION
    def __init__(self, start):
        self.money = start

    def add(self, amount):
        self.money += amount

    def balance(self):
        return self.money
    ### END SOLUTION
## test test_account 2
account = Account(10)
account.add(5)
assert account.balance() == 15
account.add(amount=-20)
assert account.balance() == -5
total = 0
for amount in (1, 2):
    account.add(amount)
    total += amount
assert account.balance() < total - 4
assert account.balance() <= -2
## test test_plot 3
axes = draw()
assert axes.get_title() != ""
'''

KINDS = {
    "given": {"grade": False, "solution": False, "locked": True},
    "text": {"grade": False, "solution": False, "locked": True},
    "solution": {"grade": False, "solution": True, "locked": False},
    "test": {"grade": True, "solution": False, "locked": True},
    "written": {"grade": True, "solution": True, "locked": False},
}


def notebook_of(text: str) -> NotebookNode:
    """A notebook in the format of some years ago: without ids of cells, with outputs and metadata of tools."""
    _, *pieces = CELL.split(text)
    cells = []
    for kind, name, points, source in zip(*[iter(pieces)] * 4, strict=True):
        marks = {"grade_id": name, "schema_version": 1, **KINDS[kind]} | ({"points": float(points)} if points else {})
        new = "new_markdown_cell" if kind in ("text", "written") else "new_code_cell"
        cell = getattr(nbformat.v4, new)(source.rstrip("\n"), metadata={"nbgrader": marks, "collapsed": False})
        del cell["id"]
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="42\n")]
            cell.execution_count = 7
        cells.append(cell)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "toc": {}}, nbformat_minor=2)
