"""What reads cards, letters and telephones."""
