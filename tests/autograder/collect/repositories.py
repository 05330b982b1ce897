"""Real Git repositories, made as students make them."""

import os
import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str, date: str = "2023-02-20T12:00:00+0000") -> str:
    who = {f"GIT_{role}_{what}": "Ada" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    command = ["git", "-c", "protocol.file.allow=always", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | who | dates).stdout
