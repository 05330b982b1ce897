"""Puts a Jupyter kernel into a sandbox: the step at which a submission begins to run.

A kernel provisioner in the sense of jupyter_client, found by the name "autograder-sandbox". The kernel's
sockets lie in the sandbox's own memory; this side reaches them through the descriptor of that folder, so the
submission can write to no folder of this machine. It connects once, before the first cell runs: a later
connection could be led by a link to another socket of this machine.
"""

import asyncio
import json
import os
import secrets
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from autograder.sandbox.command import CONNECTION_FILE, INBOX, SOCKETS, SUBMISSION
from autograder.sandbox.limits import Limits
from autograder.sandbox.process import SandboxError, SandboxProcess
from autograder.sandbox.workspace import Workspace

KERNEL_NAME = "autograder-sandbox"
START_SECONDS = 60.0
_PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
_SOCKET = "autograder-kernel"


@dataclass(frozen=True)
class SandboxRequest:
    """What one kernel's sandbox is made of.

    Attributes:
        workspace: the submission's files and probes, and room for the connection file.
        limits: its bounds.
    """

    workspace: Workspace
    limits: Limits


class SandboxProvisioner(LocalProvisioner):
    """Starts the kernel of one `SandboxRequest`, given as `sandbox` to `KernelManager.start_kernel`.

    Attributes:
        sandbox: the running sandbox; its outbox can be read until `cleanup`.
    """

    sandbox: SandboxProcess | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        request: SandboxRequest = kwargs["sandbox"]
        connection: dict[str, Any] = {
            "transport": "ipc",
            "ip": f"{SOCKETS}/{_SOCKET}",
            "key": secrets.token_hex(32),
            "signature_scheme": "hmac-sha256",
            "kernel_name": KERNEL_NAME,
            **_PORTS,
        }
        request.workspace.connection_file.write_text(json.dumps(connection))
        request.workspace.connection_file.chmod(0o644)  # its folder is private; inside, another user reads it
        self.connection_info = cast(KernelConnectionInfo, {**connection, "key": connection["key"].encode()})
        words = {"{python}": os.path.normpath(sys.executable), "{connection_file}": CONNECTION_FILE}
        return {"cmd": [words.get(word, word) for word in self.kernel_spec.argv], "sandbox": request}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        request: SandboxRequest = kwargs["sandbox"]
        binds = [
            (request.workspace.submission, SUBMISSION),
            (request.workspace.inbox, INBOX),
            (request.workspace.connection_file, CONNECTION_FILE),
        ]
        self.sandbox = SandboxProcess(cmd, request.limits, binds)
        self.process = self.sandbox.popen
        self.pid = self.process.pid
        sockets = self.sandbox.folders[SOCKETS]
        await self._wait_for_sockets(sockets)
        self.connection_info["ip"] = f"/proc/self/fd/{sockets}/{_SOCKET}"
        # where the manager may write what it connects to; the sandbox does not see it
        assert self.parent is not None
        self.parent.connection_file = str(request.workspace.root / "manager.json")
        return self.connection_info

    async def _wait_for_sockets(self, folder: int) -> None:
        assert self.sandbox is not None
        end = time.monotonic() + START_SECONDS
        waiting = [f"{_SOCKET}-{port}" for port in _PORTS.values()]
        while waiting:
            if self.sandbox.is_dead() or time.monotonic() > end:
                self.sandbox.kill("the kernel did not start")
                raise SandboxError(f"the kernel did not start: {self.sandbox.stderr()[-500:]}")
            try:
                os.stat(waiting[0], dir_fd=folder)
                waiting.pop(0)
            except FileNotFoundError:
                await asyncio.sleep(0.005)

    async def poll(self) -> int | None:
        return None if self.sandbox is not None and not self.sandbox.is_dead() else 0

    async def wait(self) -> int | None:
        return None if self.sandbox is None else await asyncio.to_thread(self.sandbox.wait)

    async def send_signal(self, signum: int) -> None:
        """Every signal ends the sandbox; an interrupt goes as a message."""
        await self.kill()

    async def kill(self, restart: bool = False) -> None:
        if self.sandbox is not None:
            self.sandbox.kill("it was stopped")

    async def terminate(self, restart: bool = False) -> None:
        await self.kill()

    async def cleanup(self, restart: bool = False) -> None:
        if self.sandbox is not None:
            await asyncio.to_thread(self.sandbox.close)


def kernel_specs() -> KernelSpecManager:
    """A manager that knows our kernel only, wherever Jupyter looks otherwise."""
    folder = Path(__file__).with_name("kernels")
    return KernelSpecManager(kernel_dirs=[str(folder)], ensure_native_kernel=False)
