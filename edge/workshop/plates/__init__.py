"""Where our plate recogniser is made: rendered and real crops, its network, training, figures and export.

Only `network.py` and `training.py` need torch; the rest runs without the `train` extra.
"""
