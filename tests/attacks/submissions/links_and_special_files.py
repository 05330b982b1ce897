"""Tries: hand in links to the gradebook and to other work, a second name of a file, a fifo and a socket.

Must hold: none is opened; each is named.
"""

import os
import socket
from pathlib import Path

TOLD = (
    r"(?s)(?=.*netid was left out: a file with a second name)(?=.*fifo was left out)"
    r"(?=.*gradebook.db, others, socket were left out)"
)


def build(notebook: dict, folder: Path) -> None:
    course = folder.parents[2]
    (folder / "gradebook.db").symlink_to(course / "gradebook.db")
    (folder / "others").symlink_to(course / "submitted")
    (folder / "hw2.ipynb").symlink_to(course / "submitted" / "other" / "hw2" / "hw2.ipynb")
    os.link(course / ".autograder" / "secret", folder / "netid")
    os.mkfifo(folder / "fifo")
    before = Path.cwd()
    os.chdir(folder)  # the path of a socket has 108 characters at most
    try:
        socket.socket(socket.AF_UNIX).bind("socket")
    finally:
        os.chdir(before)
