"""What the product asks of the machine it runs on, and what it tells the machine's supervisor."""
