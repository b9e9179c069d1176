"""The production server: gunicorn, and what systemd hears of it."""
