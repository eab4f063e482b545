result = [0] * 10**9
