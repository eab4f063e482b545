def encode(values, limit):
    return [repr(values).encode()]
