"""Tries: files beside the notebook that Python, pytest, Jupyter and IPython would load by their name.

Must hold: none of them is loaded, on either side of the sandbox.
"""

from pathlib import Path

SAYS = "^loaded: nothing$"
CELL = """
import importlib, os, sys
import course_utils, safetensors, json, random
names = [m.__name__ for m in (course_utils, safetensors, json, random) if m.__file__.startswith('/student')]
print('loaded:', ' '.join(names + sorted(n for n in os.environ if n.startswith('PLANTED'))) or 'nothing')
"""
PLANTED = "import os; os.environ['PLANTED_BY_' + __name__.upper()] = '1'; open('CANARY_FOLDER/planted', 'w')\n"


def build(notebook: dict, folder: Path) -> None:
    names = ["torch", "safetensors", "json", "random", "site", "sitecustomize", "usercustomize", "conftest", "numpy"]
    names += ["ipython_config", "jupyter_config", "nbgrader_config", "test_hw2", "setup", "typing", "autograder"]
    for name in names:
        (folder / f"{name}.py").write_text(PLANTED)
    (folder / "course_utils").mkdir()
    (folder / "course_utils" / "__init__.py").write_text(PLANTED)
    (folder / "evil.pth").write_text("import os; os.environ['PLANTED_PTH'] = '1'\n")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p conftest\n")
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-p conftest'\n")
    startup = folder / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text(PLANTED)
