"""Starts a Jupyter kernel in a sandbox: the step at which a submission begins to run.

Between submission and trace. The kernel's sockets lie in the sandbox's own memory; the relay reaches them through the
descriptor of that folder, so the submission can write to no folder of this machine.
"""

import json
import os
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.command import CONNECTION_FILE, COURSE, GIVEN, INBOX, SOCKETS
from autograder.sandbox.limits import Limits
from autograder.sandbox.process import SandboxProcess
from autograder.sandbox.workspace import Workspace

SOCKET = "autograder-kernel"  # a number is added for each channel
_PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}


@dataclass(frozen=True)
class Kernel:
    """A kernel that starts or runs.

    Attributes:
        sandbox: in which it runs.
        key: with which requests to it are signed; the submission knows it too.
    """

    sandbox: SandboxProcess
    key: str


def start_kernel(workspace: Workspace, limits: Limits, helpers: Sequence[Path] = ()) -> Kernel:
    """Starts the kernel over the files and probes of a workspace; `helpers` are what it may import, besides.

    Raises:
        SandboxError: the sandbox did not come up.
    """
    key = secrets.token_hex(32)
    connection = {
        "transport": "ipc",
        "ip": f"{SOCKETS}/{SOCKET}",
        "key": key,
        "signature_scheme": "hmac-sha256",
        "kernel_name": "python3",
        **_PORTS,
    }
    workspace.connection_file.write_text(json.dumps(connection))
    workspace.connection_file.chmod(0o644)  # its folder is private; inside, another user reads it
    program = [os.path.normpath(sys.executable), "-P", "-s", "-m", "ipykernel_launcher", "-f", CONNECTION_FILE]
    binds = [
        (workspace.submission, GIVEN),
        (workspace.inbox, INBOX),
        (workspace.connection_file, CONNECTION_FILE),
        *((helper, f"{COURSE}/{helper.name}") for helper in helpers),
    ]
    sandbox = SandboxProcess([*program, "--HistoryManager.enabled=False"], limits, binds, copies=GIVEN)
    return Kernel(sandbox, key)
