"""Accounts, sign-in and roles of those who work here."""
