"""The TOML parser: the standard library's, and before Python 3.11 the package it was taken from."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["tomllib"]
