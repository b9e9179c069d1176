"""Programs that look for inputs which break a promise, for as long as they are given."""
