# What the loader runs. The host puts assignments before it: PLACES (name, begin and end of each module in TEXTS), MAGIC (None where they are
# sources; else which Python compiled them), WANTS_CODES, PRELOAD, IS_AHEAD, IS_SESSION, ROOT and DIRECT.
import marshal
import sys

if MAGIC is not None and MAGIC != sys.modules["_frozen_importlib_external"].MAGIC_NUMBER.hex():
    os.write(2, b"brigbox supervisor: it was compiled by another Python\n")
    os._exit(71)  # As `exits.BROKEN`.
WORDS = PLACES.split()
PIECES = {name: TEXTS[int(start) : int(end)] for name, start, end in zip(WORDS[::3], WORDS[1::3], WORDS[2::3])}
FINDER = {"__name__": "brigbox_finder", "PIECES": PIECES, "IS_COMPILED": MAGIC is not None, "SPEC": type(sys.__spec__)}
FINDER_PIECE = PIECES["brigbox_finder"]
exec(compile(FINDER_PIECE, "<brigbox_finder>", "exec", dont_inherit=True) if MAGIC is None else marshal.loads(FINDER_PIECE), FINDER)
sys.meta_path.insert(0, FINDER["SourceFinder"])

import brigbox_supervisor  # noqa: E402

SOURCES = {name: piece.decode() for name, piece in PIECES.items()} if WANTS_CODES else None
brigbox_supervisor.main(PRELOAD, IS_AHEAD, IS_SESSION, ROOT, DIRECT, SOURCES)
