"""Where our plate finder is made: real scenes and plates set into pictures, its network, training, figures and export.

Only `quadnet.py`, `network.py`, `loss.py` and `training.py` need torch; the rest runs without the `train` extra.
"""
