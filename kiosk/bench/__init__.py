"""The hardware bench of the demo: hold a card, see the paper come out, break the printer."""
