"""The hardware bench of the demo: hold a card under the scanner, see the paper come out, break the printer."""
