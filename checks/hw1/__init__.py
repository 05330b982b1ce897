"""The hidden checks of homework 1: a classifier from scratch."""
