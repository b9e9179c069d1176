"""Screens and device hosts: pairing, tokens, scans in, print jobs out, health in."""
