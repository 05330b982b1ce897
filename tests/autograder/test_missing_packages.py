"""Packages that a notebook imports and that students would lack are told before a release."""

from pathlib import Path

import pytest

from autograder.authoring.packages import missing_packages, warn_of_packages


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("import torch\nfrom numpy.linalg import norm", ()),  # torch brings sympy, and so mpmath
        ("import mpmath, sympy.core", ()),
        ("import os.path, coursekit.check, tools.deep", ()),
        ("def f():\n    import yaml", ("yaml",)),  # the package is called PyYAML
        ("import not_installed.anywhere, rich", ("not_installed", "rich")),
        ("try:\n    import google.colab\nexcept ImportError:\n    pass", ()),
        ("from . import near", ()),
        ("import (", ()),
    ],
)
def test_packages_that_students_would_not_have_are_found(source: str, missing: tuple[str, ...]) -> None:
    requirements = "# packages\ntorch>=2.6,<3\n  NumPy\n-r more.txt\n\n"
    assert missing_packages([source], ["tools"], requirements) == missing
    assert missing_packages([source], ["tools"], "torch\nnumpy\npyyaml==6\nrich[jupyter]\nNot.Installed") == ()


def test_missing_packages_are_told_in_one_sentence_where_there_are_requirements(tmp_path: Path) -> None:
    assert warn_of_packages(["import rich, yaml"], [], tmp_path) == ()
    (tmp_path / "requirements.txt").write_text("torch\n")
    (told,) = warn_of_packages(["import rich, yaml"], [], tmp_path)
    assert told == "The notebook imports rich, yaml, but requirements.txt does not name them: students lack them."
