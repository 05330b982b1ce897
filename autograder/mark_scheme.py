"""Takes the marking scheme out of the cell of a question, where nbgrader's delimiters say what it is.

Stands beside the flow course material -> submission -> trace -> verdict -> gradebook -> report: the scheme is course
material, and whoever marks an answer reads it.
"""

import re

_REGION = re.compile(r"^[^\n]*BEGIN MARK SCHEME[^\n]*\n(.*?)^[^\n]*END MARK SCHEME[^\n]*$\n?", re.DOTALL | re.MULTILINE)


def split_scheme(source: str) -> tuple[str, str]:
    """What students read of a cell, and its marking scheme; the latter is empty where there is none."""
    schemes = [found.strip() for found in _REGION.findall(source)]
    return _REGION.sub("", source).strip(), "\n\n".join(schemes)


def without_delimiters(source: str) -> str:
    """The source of a cell with its marking scheme, and without the lines that only programs read."""
    return _REGION.sub(lambda region: region[1].strip("\n") + "\n", source)
