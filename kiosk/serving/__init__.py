"""The production server: gunicorn, what systemd hears of it, and its log."""
