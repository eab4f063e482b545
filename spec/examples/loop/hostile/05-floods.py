"""Writes until somebody's disk is full."""
while True:
    print("x" * 100_000)
