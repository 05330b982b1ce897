"""Figures for the feedback of homework 2."""

from autograder.checks.shared.figures import draw_figures

__all__ = ["draw_figures"]
