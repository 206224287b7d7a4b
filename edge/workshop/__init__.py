"""Where our models are made: data lists, training, export. Runs at a desk, never on a device.

Only this package imports torch and ultralytics, and within it only `network.py`; the rest works without the `train` extra.
"""
