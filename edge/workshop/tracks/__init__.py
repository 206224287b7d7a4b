"""Trackers side by side: sequences in the layout of the MOT challenge, the same boxes for everybody, one referee."""
