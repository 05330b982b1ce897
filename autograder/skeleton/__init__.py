"""Skeletons: a course and an assignment to start from, which work without an edit.

Stand before everything in the flow course material -> submission -> trace -> verdict -> gradebook -> report. The
files are templates beside this module, so that what an author starts from can be read as it is.
"""

from autograder.skeleton.write_course import add_assignment, make_course

__all__ = ["add_assignment", "make_course"]
