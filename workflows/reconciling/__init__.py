"""Revenue as finance has it: its figure is the measured one, a wide difference is explained."""
