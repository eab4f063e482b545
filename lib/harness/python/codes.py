"""Compiles all of the supervisor for the containers that come after this one, which then need not."""
import marshal
import sys

import brigbox_wire as wire


def compile_all(sources):
    """The payload of the frame that hands it to the host: a header with its length before it, and what each module was compiled to."""
    places, parts, end = {}, [], 0
    for name, text in sources.items():
        part = marshal.dumps(compile(text, "<%s>" % name, "exec", dont_inherit=True))
        places[name] = [end, end + len(part)]
        end += len(part)
        parts.append(part)
    magic = sys.modules["_frozen_importlib_external"].MAGIC_NUMBER
    header = wire.dumps({"magic": magic.hex(), "places": places}).encode()
    return len(header).to_bytes(4, "big") + header + b"".join(parts)
