"""Takes all the memory that it can get."""
import numpy as np

hoard = []
while True:
    hoard.append(np.ones(10_000_000))
