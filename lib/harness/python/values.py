"""Values on their way between Python and the host: one blob of a JSON header that refers to raw little-endian buffers.

The layout and all nodes are described in lib/values/format.ts. No pickle: what comes back can only be data.
"""
import sys

import brigbox_wire as wire

VERSION = 1
MAX_DEPTH = 64
# The host takes ranges of as many labels as the blob has bytes, and always of this many: they cost nothing to send.
FREE_LABELS = 1 << 20


class ValueEncodingError(TypeError):
    """A value that cannot be returned."""


class ValueTooLarge(ValueError):
    """The values together are over their cap."""


class Sink:
    """Takes the buffers while the tree is built, and stops as soon as all together are over the cap."""

    def __init__(self, max_bytes):
        self.max_bytes = max_bytes
        self.buffers = []
        self.total = 0
        self.longest_range = 0

    def count(self, size):
        self.total += size
        if self.total > self.max_bytes:
            raise ValueTooLarge("the values to return are over their cap of %d bytes" % self.max_bytes)

    def add(self, buffer):
        """Keeps a buffer of bytes as it is; returns its number."""
        view = memoryview(buffer)
        self.count(view.nbytes + 16)
        if view.nbytes == 0:
            view = memoryview(b"")
        elif not view.c_contiguous or view.format != "B" or view.ndim != 1:
            view = memoryview(view.tobytes())
        self.buffers.append(view)
        return len(self.buffers) - 1


def encode(values, max_bytes):
    """The blob of a dict of values, as a list of buffers that are not copied. Raises ValueEncodingError or ValueTooLarge."""
    sink = Sink(max_bytes)
    nodes = {name: encode_node(value, sink, name, 0) for name, value in values.items()}
    header = {"v": VERSION, "values": nodes, "buffers": [len(buffer) for buffer in sink.buffers]}
    text = _to_json(header).encode("ascii")
    text += b" " * (-(len(text) + 4) % 8)
    sink.count(len(text))
    blob = [len(text).to_bytes(4, "little"), text]
    for buffer in sink.buffers:
        blob += (buffer, bytes(-len(buffer) % 8))
    if sink.longest_range > max(FREE_LABELS, sum(map(len, blob))):
        raise ValueEncodingError("a range of %d labels without data cannot be returned" % sink.longest_range)
    return blob


def decode(blob):
    """The dict of values of a blob. Arrays are writable views of the blob's buffers."""
    view = memoryview(blob)
    length = int.from_bytes(view[:4], "little")
    header = _from_json(str(view[4 : 4 + length], "ascii"))
    buffers, position = [], 4 + length
    for size in header["buffers"]:
        buffers.append(view[position : position + size])
        position += size + -size % 8
    return {name: decode_node(node, buffers) for name, node in header["values"].items()}


def encode_node(value, sink, path, depth):
    """The node of any value. The type is asked of `type` alone, since a class can claim to be another."""
    if depth > MAX_DEPTH:
        raise ValueEncodingError("%s is nested deeper than %d levels, or holds itself" % (path[:200], MAX_DEPTH))
    sink.count(2)
    import brigbox_values_plain as plain

    kind = type(value)
    encoder = plain.find_encoder(kind)
    if encoder is None and "numpy" in sys.modules:
        import brigbox_values_numpy as arrays

        encoder = arrays.find_encoder(kind)
        if encoder is None and "pandas" in sys.modules:
            import brigbox_values_pandas as frames

            encoder = frames.find_encoder(kind)
    if encoder is None:
        name = "%s.%s" % (kind.__module__, kind.__qualname__)
        raise ValueEncodingError("%s cannot be returned: %s is not a kind of value that Brigbox can carry" % (path[:200], name[:200]))
    return encoder(value, sink, path, depth)


def decode_node(node, buffers):
    """The value of a node."""
    if node is None or isinstance(node, (bool, int, float, str)):
        return node
    if isinstance(node, list):
        return [decode_node(item, buffers) for item in node]
    kind = node["t"]
    import brigbox_values_plain as plain

    decoder = plain.DECODERS.get(kind)
    if decoder is None:
        import brigbox_values_numpy as arrays

        decoder = arrays.DECODERS.get(kind)
    if decoder is None:
        import brigbox_values_pandas_in as frames

        decoder = frames.DECODERS[kind]
    return decoder(node, buffers)


def _to_json(header):
    """The json package is a costly import, but faster where it is there already."""
    json = sys.modules.get("json")
    return wire.dumps(header) if json is None else json.dumps(header, separators=(",", ":"))


def _from_json(text):
    return wire.loads(text)
