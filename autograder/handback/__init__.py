"""Giving back: each team's feedback page and grade, put where the team finds it.

Stands at report in the flow *course material -> submission -> trace -> verdict -> gradebook -> report*. Nothing is sent
from here but commits, and those only where they lose nothing.

- `choose`: who gets something back, and who must be looked at first
- `files`: a folder or a zip file for each person, to upload
- `mail`: a message for each person, to send
- `push`: a commit on a branch of the team's repository
"""

from enum import StrEnum


class Way(StrEnum):
    """How something is given back."""

    folder = "folder"
    zip = "zip"
    mail = "mail"
    push = "push"
