"""Loads the plugin when the checks are run by hand or by `autograder.checks.judge`."""

pytest_plugins = ["autograder.checks.plugin"]
