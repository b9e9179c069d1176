"""The coordinator's one screen: who waits, who is called, what can be done about it."""
