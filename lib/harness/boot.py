"""Runs first, as the program of `python3 -c`: makes our sources importable and starts the supervisor.

The text before this one defines SOURCES (module name to source) and PRELOAD (modules to import ahead).
"""
import builtins
import sys
from _frozen_importlib import ModuleSpec


class Sources:
    """Imports our modules from SOURCES, each compiled only when first asked for: what a job does not need costs nothing."""

    def __init__(self, sources):
        self.sources = sources
        self.hidden = {}

    def find_spec(self, name, path=None, target=None):
        if name in self.sources:
            return ModuleSpec(name, self, origin="<%s>" % name)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        """Each module gets builtins of its own, so that code which patches `builtins` does not patch ours."""
        namespace = vars(module)
        namespace["__builtins__"] = dict(vars(builtins))
        name = module.__name__
        exec(compile(self.sources[name], "<%s>" % name, "exec", dont_inherit=True), namespace)

    def hide(self):
        """Takes our modules out of the code's sight before it runs."""
        sys.meta_path.remove(self)
        for name in [name for name in sys.modules if name in self.sources]:
            self.hidden[name] = sys.modules.pop(name)

    def show(self):
        """Makes our modules importable again, whatever the code did to the import system in between."""
        sys.modules.update(self.hidden)
        if type(sys.meta_path) is not list:
            sys.meta_path = []
        sys.meta_path.insert(0, self)


own_sources = Sources(SOURCES)  # noqa: F821
sys.meta_path.insert(0, own_sources)
from brigbox_supervisor import supervise  # noqa: E402

job = supervise(PRELOAD)  # noqa: F821
# Only the forked child comes this far.
from brigbox_child import run_job  # noqa: E402

run_job(job, own_sources)
