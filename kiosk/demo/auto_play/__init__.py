"""A busy clinic by itself, to train on: `play` lets patients come to the kiosk, and desks call them."""
