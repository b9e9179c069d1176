"""The queue: who waits, who is called, in which order and why. The core of the house."""
