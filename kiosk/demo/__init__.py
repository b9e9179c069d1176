"""A synthetic clinic day with simulated hardware, for newcomers and for training. Nobody in it is real."""
