"""What one submission may use while its notebook runs in the sandbox, between submission and trace.

The numbers come from `course.toml`; this module depends on nothing, so that everything may import it.
"""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """The bounds of one sandbox. All sizes are in bytes, all times in seconds.

    Attributes:
        cell_seconds: wall time of one cell; then it is interrupted, and killed when it does not stop.
        notebook_seconds: wall time of all cells together, without the start of the kernel.
        cpu_seconds: processor time of one process of the sandbox.
        address_space: virtual memory of one process; importing torch alone takes about 4.2 GiB of it.
        resident_memory: memory of all processes together, with what they wrote to `/tmp`, `/dev/shm`,
            `/out` and the working folder.
        processes: processes and threads together.
        file_size: size of one file.
        outbox_size: size of the whole outbox, and of `/tmp`, `/dev/shm` and the home folder each.
        output_size: cell outputs that are kept; `FLOOD_FACTOR` times as much ends the run.
        open_files: open files of one process.
    """

    cell_seconds: float = 120
    notebook_seconds: float = 300
    cpu_seconds: int = 300
    address_space: int = 8192 * MIB
    resident_memory: int = 2048 * MIB
    processes: int = 128
    file_size: int = 128 * MIB
    outbox_size: int = 256 * MIB
    output_size: int = 8 * MIB
    open_files: int = 256


FLOOD_FACTOR = 16
"""Messages of more than this many times `Limits.output_size` are taken for an attack and end the run."""

MAX_FILES = 20_000
"""Files and folders in all writable places together; each costs about 1 KiB of kernel memory."""
