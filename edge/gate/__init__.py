"""What the tracks of vehicles mean at a gate: crossings, passes, visits and what was wrong with them."""
