"""The replay benchmark: rendered minutes at the gate through the very pipeline, beside what is true in them."""
