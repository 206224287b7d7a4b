"""Sequences with one identity per vehicle: made, tracked, scored."""
