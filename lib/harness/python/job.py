"""A job on its way from the host to the process that runs it: the header by way of the supervisor, the rest straight from stdin."""
import os

import brigbox_wire as wire


def read_header(descriptor):
    """The header that the supervisor passes on. Raises EOFError where the supervisor is gone."""
    length = memoryview(bytearray(4))
    wire.read_exactly(descriptor, length)
    text = memoryview(bytearray(int.from_bytes(length, "big")))
    wire.read_exactly(descriptor, text)
    return wire.loads(str(text, "utf-8"))


def write_header(descriptor, text):
    """Passes the header on. Raises BrokenPipeError where the child is gone."""
    for piece in (len(text).to_bytes(4, "big"), text):
        view = memoryview(piece)
        while len(view) > 0:
            view = view[os.write(descriptor, view) :]


def read_inputs(job, source):
    """The encoded input values."""
    inputs = bytearray(job["inputBytes"])
    wire.read_exactly(source, memoryview(inputs))
    return inputs


def read_pieces(source, size):
    """Yields so many bytes in pieces."""
    while size > 0:
        piece = memoryview(bytearray(min(size, wire.MAX_FRAME)))
        wire.read_exactly(source, piece)
        size -= len(piece)
        yield piece


def write_files(files, root, source):
    """Writes the input files below the folder `in`."""
    os.mkdir(root + "/out", 0o755)
    os.mkdir(root + "/in", 0o755)
    for file in files:
        write_file(root, file["path"], read_pieces(source, file["bytes"]))


def write_file(root, name, pieces, is_replaced=False):
    """Writes one input file, in the place of another only where asked to."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise ValueError("input file name %r" % name)
    folder = root + "/in"
    for part in parts[:-1]:
        folder += "/" + part
        if not os.path.isdir(folder):
            os.mkdir(folder, 0o755)
    path = folder + "/" + parts[-1]
    if is_replaced and os.path.lexists(path):
        os.unlink(path)
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    try:
        for piece in pieces:
            while len(piece) > 0:
                piece = piece[os.write(target, piece) :]
    finally:
        os.close(target)
