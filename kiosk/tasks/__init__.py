"""Things that need a person: a ticket that was not printed, a device that is down, a patient who wants help."""
