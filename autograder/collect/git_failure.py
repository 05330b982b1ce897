"""Why Git failed, in one sentence for the instructor, from what it and ssh wrote on their error streams.

Used throughout the collection, and where feedback is pushed. Git's last line is often advice ("and the repository
exists."), and the reason stands above it.
"""

import re

_KNOWN = (  # what ssh and Git write, and what that means
    (
        r"Host key verification failed",
        "ssh does not know the host by the key that it shows: run `ssh HOST` once by hand, and compare the key with "
        "the one that the host publishes",
    ),
    (
        r"Permission denied \(",
        "the host takes none of your ssh keys: load one with `ssh-add`, and see that its owner may use the repository",
    ),
    (
        r"^ssh: Could not resolve hostname",
        "ssh does not find the host: see that its name is right and that there is a network",
    ),
    (
        r"^ssh: connect to host .* timed out|^Connection (to .* )?timed out",
        "the host did not answer in time: see that its name is right and that there is a network",
    ),
    (r"^ssh: connect to host", "the host takes no connection by ssh: see that its name and port are right"),
    (
        r"mismatched algorithms",
        "it names its commits by SHA-256, beside which Git takes no SHA-1: ask for a repository in Git's usual format",
    ),
    (
        r"repository corruption|bad object|object file .* is empty|^(error|fatal): (missing|unable to read) ",
        "the repository is damaged, since some of its objects are missing: ask for a fresh clone of it",
    ),
    (
        r"expected flush after capabilities|hung up unexpectedly|unexpected disconnect|early EOF",
        "the other side broke off before all was sent: the repository may be damaged, or its settings; try again, and "
        "then ask for a fresh clone of it",
    ),
)
_ADVICE = (
    "fatal: Could not read from remote repository.",
    "Please make sure you have the correct access rights",
    "and the repository exists.",
)
_REFUSED = re.compile(r"^ ! \[(?:remote )?rejected\]")


def why_git_failed(errors: str, status: int) -> str:
    """The reason, without a full stop of its own where it is a line of Git's."""
    lines = [line.rstrip() for line in errors.splitlines() if line.strip()]
    own = [line for line in lines if not line.startswith("remote: ")]  # what the other side says may say anything
    for pattern, reason in _KNOWN:
        if any(re.search(pattern, line) for line in own):
            return f"{reason}."
    refused = [line.strip(" !") for line in own if _REFUSED.match(line)]
    told = [line for line in lines if line not in _ADVICE]
    return (refused or told or lines[:1] or [f"it ended with {status}"])[-1]
