"""Saying aloud what stands on a screen of ours."""
