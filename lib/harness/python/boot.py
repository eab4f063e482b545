# The program that python3 -c runs. The host puts four assignments before it: SOURCES (module name to source text), PRELOAD, IS_AHEAD and ROOT.
import sys

FINDER = {"__name__": "brigbox_finder", "SOURCES": SOURCES, "SPEC": type(sys.__spec__)}
exec(compile(SOURCES["brigbox_finder"], "<brigbox_finder>", "exec", dont_inherit=True), FINDER)
sys.meta_path.insert(0, FINDER["SourceFinder"])

import brigbox_supervisor  # noqa: E402

brigbox_supervisor.main(PRELOAD, IS_AHEAD, ROOT)
