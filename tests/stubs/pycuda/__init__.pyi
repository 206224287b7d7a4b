# What the product uses of pycuda 2024.1 to 2026.1, which is built on the board.

VERSION_TEXT: str
