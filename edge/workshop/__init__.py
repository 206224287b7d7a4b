"""Where our models are made: data lists, training, export. Runs at a desk, never on a device.

Only this package imports torch and ultralytics, through `network.py`; the rest of it works without the `train` extra.
"""
