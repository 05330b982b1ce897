"""The one kind of error that a person can cause, shared by the whole trusted side.

Everything between the course material and the report raises `UsageError` for a mistake in a command, a file
or a setting; the command line prints its sentence and exits with status 2. Any other exception is a fault of
ours.
"""


class UsageError(Exception):
    """A mistake that the reader of the message can put right.

    The message is one sentence: what is wrong, where, and what to do about it.
    """


class GraderFault(Exception):
    """A check itself broke. The submission must not be graded with this; the message is for the instructor."""
