"""Fixtures of the checks: the traces of each kind, read and attributed once a session."""

from typing import Any

import pytest

from autograder.checks.plugin import TraceFolder
from checks.gan.observed import LossRun, StepRun, read_loss_runs, read_step_runs


@pytest.fixture(scope="session")
def optimizer_runs(trace: TraceFolder) -> list[dict[str, Any]]:
    (name,) = trace.probes("optimizers")
    runs: list[dict[str, Any]] = trace.recorded(name).data["runs"]
    return runs


@pytest.fixture(scope="session")
def discriminator_runs(trace: TraceFolder) -> tuple[LossRun, ...]:
    return read_loss_runs(trace, "discriminator")


@pytest.fixture(scope="session")
def generator_runs(trace: TraceFolder) -> tuple[LossRun, ...]:
    return read_loss_runs(trace, "generator")


@pytest.fixture(scope="session")
def autoencoder_runs(trace: TraceFolder) -> tuple[LossRun, ...]:
    return read_loss_runs(trace, "autoencoder")


@pytest.fixture(scope="session")
def step_runs(trace: TraceFolder) -> tuple[StepRun, ...]:
    return read_step_runs(trace)
