"""Check-in: the dialogue at a station that ends in a visit and a ticket.

`pages` takes what a patient does, `stations` what a scanner read; `dialogue` carries it out: `rules` decides,
`lookup` and `fetching` find out, `deeds` does what is wanted, and `arrival` commits visit and `ticket`. What
the page shows then is `screen`.
"""
