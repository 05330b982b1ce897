"""Brings text that somebody else wrote to one form: what a file can hold, and lines that end in one way.

Beside the flow *course material -> submission -> trace -> verdict -> gradebook -> report*: sources, outputs and names
of a notebook come from any editor on any system, and JSON lets half a surrogate pair through, which UTF-8 cannot hold.
"""


def writable(text: str) -> str:
    """`text` with a question mark for every half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode("utf-8")


def unix_lines(text: str) -> str:
    """`text` with the line ends of Windows and of old Macs as those of Unix."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
