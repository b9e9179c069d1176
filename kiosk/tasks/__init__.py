"""Things that need a person: a patient who wants help, a printer without paper, a screen that is dark."""
