# The program that python3 -c runs. The host puts three assignments before it: SOURCES (module name to source text), PRELOAD and ROOT.
# Modules come from SOURCES when they are first imported, so that a run compiles only what it uses.
import builtins
import sys

# The supervisor's modules have builtins of their own: what the code does to `print` or `len` must not reach who reports on it.
BUILTINS = dict(vars(builtins))


class SourceFinder:
    """Finds the supervisor's own modules in SOURCES: no mount and no file of ours is needed in the container."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        return type(sys.__spec__)(name, SourceFinder) if name in SOURCES else None

    @staticmethod
    def create_module(spec):
        return None

    @staticmethod
    def exec_module(module):
        name = module.__name__
        module.__dict__["__builtins__"] = BUILTINS
        exec(compile(SOURCES[name], "<%s>" % name, "exec", dont_inherit=True), module.__dict__)


sys.meta_path.insert(0, SourceFinder)

import brigbox_supervisor  # noqa: E402

brigbox_supervisor.main(PRELOAD, ROOT)
