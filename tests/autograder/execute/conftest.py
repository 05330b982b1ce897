"""One template for the tests of each module, and one tour of what a cell can reach, warm and cold."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from autograder.execute import run_notebook
from autograder.sandbox.warm.pool import end_templates, hold_template, why_cold
from autograder.sandbox.workspace import PREFIX
from tests.autograder.execute.running import HELPERS, SMALL, WARM
from tests.autograder.execute.tour import Tour


@pytest.fixture(scope="module", autouse=True)
def nothing_stays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """After all runs of a module: no process and no workspace is left, and none but the template was in between."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory() as inbox:  # so that the template is there
        run_notebook(new_notebook(), files={}, inbox=Path(inbox), limits=SMALL, helpers=HELPERS, warm=WARM)
    with hold_template(WARM, HELPERS) as template:
        assert template is not None
        tempfile.tempdir = str(tmp_path_factory.mktemp("temporary"))
        yield
        assert list(template.spool.iterdir()) == []
    assert why_cold() == ""
    end_templates()
    folder, tempfile.tempdir = Path(tempfile.tempdir), before
    assert not list(folder.glob(PREFIX + "*"))


@pytest.fixture(scope="module", params=[WARM, None], ids=["warm", "cold"])
def tour(nothing_stays: None, request: pytest.FixtureRequest) -> Tour:
    return Tour(request.param)
