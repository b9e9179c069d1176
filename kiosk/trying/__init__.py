"""Trying a scanner and a printer from the console: is what arrives, and what comes out, right?"""
