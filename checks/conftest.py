"""Loads the plugin of the checks, also where they are run by hand: `pytest checks/hw2 --trace-folder FOLDER`."""

pytest_plugins = ["autograder.checks.plugin"]
