"""Loads the plugin and the shared fixtures when checks are run by hand or by `autograder.checks.judge`."""

pytest_plugins = ["autograder.checks.plugin", "autograder.checks.shared.fixtures"]
