"""Figures for the feedback of the extra credit."""

from autograder.checks.shared.figures import draw_figures

__all__ = ["draw_figures"]
