"""The engine: it takes a course folder of anyone's from source notebooks to grades and feedback."""

from coursekit.quick_imports import without_addresses

without_addresses()  # before anything imports nbformat
