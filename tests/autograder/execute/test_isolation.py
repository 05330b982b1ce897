"""What a cell can see, reach and write: nothing of the host, of the network or of the autograder."""

import psutil
import pytest

from tests.autograder.execute.running import SECONDS
from tests.autograder.execute.tour import Tour


@pytest.mark.parametrize("name", ["loopback", "abstract"])
def test_servers_of_the_host_are_out_of_reach(tour: Tour, name: str) -> None:
    assert tour[name] == "ConnectionRefusedError"


def test_there_is_no_network(tour: Tour) -> None:
    assert tour["outside"] == "Network is unreachable"
    assert tour["vsock"] == "Operation not permitted"


def test_files_of_the_host_cannot_be_seen(tour: Tour) -> None:
    assert tour["host files"] == "[]"


def test_the_submission_is_where_it_runs_and_the_probes_can_be_read(tour: Tour) -> None:
    assert tour["own files"].startswith("/student/work ['conftest.py', 'ipython_config.py', 'netid', 'notebook.ipynb',")
    assert tour["own files"].endswith('abc1 {"probe": 1}')


def test_only_sized_memory_folders_can_be_written(tour: Tour) -> None:
    assert tour["writable"] == "['/dev/shm', '/out', '/sockets', '/student', '/tmp']"


def test_settings_of_the_system_cannot_be_written(tour: Tour) -> None:
    assert set(tour["proc sys"].split()) <= {"PermissionError", "OSError"}


def test_the_autograder_cannot_be_imported(tour: Tour) -> None:
    assert tour["autograder"] == "ModuleNotFoundError: No module named 'autograder'"


def test_course_utils_is_there_with_its_data(tour: Tour) -> None:
    assert tour["course_utils"] == "/course/course_utils/__init__.py (10000, 28, 28) 10000"


def test_files_beside_the_notebook_replace_no_module(tour: Tour) -> None:
    assert tour["replaced modules"] == "True False False /student/work"


def test_an_optimizer_does_without_the_compiler_and_the_compiler_still_works(tour: Tour) -> None:
    assert tour["optimizer"] == "_Dynamo\n[2.0, 2.0] module"


def test_the_environment_is_the_courses_only(tour: Tour) -> None:
    assert tour["environment"] == "None /inbox /out /student 1 1000 fds\nFalse"


def test_no_further_name_space_and_no_uncounted_memory(tour: Tour) -> None:
    assert tour["user name space"] == "True"
    assert tour["memfd"] == "-1 -1"


def test_no_process_of_the_sandbox_is_root_as_the_host_sees_it(tour: Tour) -> None:
    kernels = [command for command in tour.users if command.startswith(tour.kernel)]
    assert len(kernels) == 1 and f"sleep {SECONDS}" in tour.users
    assert 0 not in tour.users[kernels[0]] | tour.users[f"sleep {SECONDS}"]


def test_nothing_acts_after_the_last_cell(tour: Tour) -> None:
    assert not [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", SECONDS]]
    assert "late" not in tour.execution.outbox
