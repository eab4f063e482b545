"""Imports modules before there is a job, so that a waiting container has them ready."""
import sys


def import_ahead(names):
    """Versions of what could be imported, and the names of what could not; a broken module counts as missing."""
    preloaded, missing = {}, []
    for name in names:
        try:
            __import__(name)
            preloaded[name] = str(getattr(sys.modules[name], "__version__", ""))[:64]
        except Exception as error:
            missing.append(name)
            if not isinstance(error, ModuleNotFoundError):
                print("brigbox: cannot preload %s: %s" % (name, type(error).__name__), file=sys.stderr)
    return preloaded, missing
