"""Does a notebook, run from scratch, show what was handed in? The command `reproduce`, and a note when grading."""

from autograder.reproduce.compare import Comparison, compare_notebooks, reproduction_note
from autograder.reproduce.outcome import Outcome
from autograder.reproduce.read import read_submitted

__all__ = ["Comparison", "Outcome", "compare_notebooks", "read_submitted", "reproduction_note"]
