"""Who is expected: the local book of appointments, its imports, and the codes on the letters."""
