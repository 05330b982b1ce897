"""The course as its folder describes it: `course.toml`, read into frozen records.

The first thing that every command does, before everything in the flow course material -> submission -> trace ->
verdict -> gradebook -> report. It imports little, so that a mistake is told at once.
"""

from autograder.config.read import is_assignment_name, load_course
from autograder.config.records import COURSE_FILE, STATE_FOLDER, Assignment, Course

__all__ = ["COURSE_FILE", "STATE_FOLDER", "Assignment", "Course", "is_assignment_name", "load_course"]
