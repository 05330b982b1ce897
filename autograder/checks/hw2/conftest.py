"""Fixtures of the checks of homework 2: the traces of each kind, read and attributed once a session."""

import pytest

from autograder.checks.hw2.observed import LossRun, StepRun, read_loss_runs, read_step_runs
from autograder.checks.plugin import TraceFolder


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
