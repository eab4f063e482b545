"""Gives back more than anybody asked for."""
import numpy as np
import pandas as pd

signal = pd.DataFrame(np.zeros((2_000_000, 5)))
