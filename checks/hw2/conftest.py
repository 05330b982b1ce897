"""The fixtures of the checks: what was recorded, read and attributed once a session."""

from checks.gan.fixtures import (
    autoencoder_runs,
    discriminator_runs,
    generator_runs,
    optimizer_runs,
    step_runs,
)

__all__ = ["autoencoder_runs", "discriminator_runs", "generator_runs", "optimizer_runs", "step_runs"]
