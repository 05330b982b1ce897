"""Shows a stranger's text, such as a file's name, in a remark, a table or a log. It imports nothing of the package."""

import re


def printable(text: str, most: int = 80) -> str:
    """`text` on one line, short, with nothing in it that a page or a terminal would interpret."""
    return re.sub(r"[^\w ./@+,:;()“”’=-]", "?", text.replace("'", "’"))[:most]
