"""Fails with a message that would fill a log."""
raise ValueError("A" * 1_000_000)
