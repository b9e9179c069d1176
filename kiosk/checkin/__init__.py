"""Check-in: the dialogue at a station that ends in a visit and a ticket."""
