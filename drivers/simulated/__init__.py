"""Hardware that is not there: an ESC/POS printer and a scanner that the real drivers talk to over real
lines.
"""
