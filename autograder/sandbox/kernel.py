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
from autograder.sandbox.running import Sandbox, SandboxError
from autograder.sandbox.warm.pool import note_failure, note_success
from autograder.sandbox.warm.sandbox import WarmSandbox
from autograder.sandbox.warm.template import Template
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

    sandbox: Sandbox
    key: str


def start_kernel(
    workspace: Workspace, limits: Limits, helpers: Sequence[Path] = (), template: Template | None = None
) -> Kernel:
    """Starts the kernel over the files and probes of a workspace.

    Args:
        workspace: in the spool of the template, where there is one.
        limits: of the sandbox.
        helpers: packages and modules that the notebook may import, which a template has, too.
        template: to be forked; without one, or where that fails, the kernel starts cold.

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
    arguments = ["-f", CONNECTION_FILE, "--HistoryManager.enabled=False"]
    if template is not None:
        try:
            sandbox: Sandbox = WarmSandbox(template, workspace, ["ipykernel_launcher", *arguments], limits)
        except SandboxError as error:
            note_failure(error)
        else:
            note_success()
            return Kernel(sandbox, key)
    program = [os.path.normpath(sys.executable), "-P", "-s", "-m", "ipykernel_launcher", *arguments]
    binds = [
        (workspace.submission, GIVEN),
        (workspace.inbox, INBOX),
        (workspace.connection_file, CONNECTION_FILE),
        *((helper, f"{COURSE}/{helper.name}") for helper in helpers),
    ]
    return Kernel(SandboxProcess(program, limits, binds, copies=GIVEN), key)
