"""Plates: which pictures deserve a look, what counts as a plate, and what the looks agree on. Pure logic."""
