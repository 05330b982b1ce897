"""nbgrader's configuration of this course: read by every `nbgrader` command and by the formgrader.

The folders are nbgrader's own: source/, release/, submitted/, autograded/ and feedback/ beside this file.
"""

import os
import sys
from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearMarkScheme,
    GetGrades,
    LimitOutput,
    OverwriteCells,
    SaveAutoGrades,
)

from autograder.preprocessors import (
    AssignPenalties,
    GradeSubmission,
    MarkForReview,
    RepairSubmission,
    UnreadExporter,
    set_links_aside,
)
from autograder.report.contain import KeepInside

c = get_config()  # noqa: F821 -- put there by whoever reads this file; the one to import is another one

# nbgrader starts `alembic` by its bare name; it is beside this interpreter, even where PATH does not say so.
_programs = str(Path(sys.executable).parent)
if _programs not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = _programs + os.pathsep + os.environ.get("PATH", os.defpath)

# What running a notebook leaves beside it stays there, also where an instructor ran one in source/.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "runs", "data"]

# The stub that a solution leaves in the release; the line above it, a TODO, says what to write.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError"}
# Marking schemes stand in the locked question cells: the person who marks an answer sees them right above it.
# nbgrader wants them in "task" cells, which would show a second score box, of 0 points, for each question.
c.ClearMarkScheme.enforce_metadata = False

# `nbgrader validate` trains in full, which takes longer than nbgrader expects; grading has limits of its own.
c.Execute.timeout = 4 * 3600

# Autograding: our code reads, repairs, runs (in the sandbox) and judges a submission, in these two chains.
c.Autograde.exporter_class = UnreadExporter
c.Autograde.pre_convert_hook = set_links_aside
c.Autograde.exclude_overwriting = {"hw2": ["netid"], "hw2_conditional": ["netid"]}  # students fill this file in
c.Autograde.sanitize_preprocessors = [RepairSubmission, CheckCellMetadata]
c.Autograde.autograde_preprocessors = [
    GradeSubmission,  # instead of nbgrader's Execute
    OverwriteCells,  # puts the marking schemes back, for the person who marks the answers
    LimitOutput,
    SaveAutoGrades,
    MarkForReview,  # after SaveAutoGrades, which resets the mark
    AssignPenalties,  # instead of nbgrader's AssignLatePenalties
    CheckCellMetadata,
]

# Feedback pages: students do not see the marking schemes; what students wrote is made harmless, also in the
# formgrader.
c.GenerateFeedback.preprocessors = [GetGrades, ClearMarkScheme, KeepInside, CSSHTMLHeaderPreprocessor]
c.HTMLExporter.preprocessors = [KeepInside]  # the formgrader's
c.HTMLExporter.filters = {"markdown2html": "autograder.report.clean.markdown_to_html"}

# The columns of nbgrader's own exporter, quoted where names hold commas, and with no formulas in them.
c.ExportApp.plugin_class = "autograder.export.GradesExport"
