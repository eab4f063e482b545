# The program that python3 -c runs. The host puts assignments before it: PACKED (the sources of all modules, compressed), PLACES (where each
# begins and ends), PRELOAD, IS_AHEAD, IS_SESSION and ROOT.
import binascii
import sys
import zlib

TEXTS = zlib.decompress(binascii.a2b_base64(PACKED))
SOURCES = {name: TEXTS[start:end].decode() for name, (start, end) in PLACES.items()}
FINDER = {"__name__": "brigbox_finder", "SOURCES": SOURCES, "SPEC": type(sys.__spec__)}
exec(compile(SOURCES["brigbox_finder"], "<brigbox_finder>", "exec", dont_inherit=True), FINDER)
sys.meta_path.insert(0, FINDER["SourceFinder"])

import brigbox_supervisor  # noqa: E402

brigbox_supervisor.main(PRELOAD, IS_AHEAD, IS_SESSION, ROOT)
