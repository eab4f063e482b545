# What the loader runs. The host puts assignments before it: PLACES (where in TEXTS the source of each module begins and ends), PRELOAD,
# IS_AHEAD, IS_SESSION and ROOT.
import sys

SOURCES = {name: TEXTS[start:end].decode() for name, (start, end) in PLACES.items()}
FINDER = {"__name__": "brigbox_finder", "SOURCES": SOURCES, "SPEC": type(sys.__spec__)}
exec(compile(SOURCES["brigbox_finder"], "<brigbox_finder>", "exec", dont_inherit=True), FINDER)
sys.meta_path.insert(0, FINDER["SourceFinder"])

import brigbox_supervisor  # noqa: E402

brigbox_supervisor.main(PRELOAD, IS_AHEAD, IS_SESSION, ROOT)
