"""The benchmark of an epoch runs and prints its table; how fast it is depends on the machine."""

import os
import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
SCRIPT = REPOSITORY / "benchmarks" / "epoch.py"


def test_quick_benchmark_prints_the_ratio_of_each_way() -> None:
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, str(SCRIPT), "--quick", "--rounds", "1"]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert finished.returncode == 0, finished.stderr
    rows = re.findall(r"(original|ours, \w[^│]*?\w) +│ +(\d+\.\d\d)[^\d]+(\d+\.\d\d)", finished.stdout)
    assert [name for name, _, _ in rows] == [
        "original",
        "ours, hw2.ipynb",
        "ours, thrifty",
        "ours, bfloat16",
    ]
    assert all(float(elapsed) > 0 and float(cpu) > 0 for _, elapsed, cpu in rows)
