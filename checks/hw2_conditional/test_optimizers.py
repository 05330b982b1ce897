"""Hidden checks of TODO 1: every module is optimized, with the learning rate that was asked for."""

from checks.gan.optimizers import test_every_module_has_an_optimizer, test_learning_rate_is_used

__all__ = ["test_every_module_has_an_optimizer", "test_learning_rate_is_used"]
