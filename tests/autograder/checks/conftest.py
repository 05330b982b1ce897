"""Makes the marker of hidden checks known, so that tests can call a check as the function that it is."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "check(cell, points, needs=()): the graded cell and points of a hidden check")
