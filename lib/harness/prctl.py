"""Says whether other processes of the same user may look into this one through /proc and ptrace."""

PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4


def find_prctl():
    """The C function, by the core of `ctypes` where there is one: the package itself takes 4 ms to import."""
    try:
        import _ctypes

        address = _ctypes.dlsym(_ctypes.dlopen(None, 2), "prctl")
        return lambda *arguments: _ctypes.call_function(address, arguments)
    except (ImportError, AttributeError, OSError):
        import ctypes

        return ctypes.CDLL(None).prctl


def set_dumpable(is_dumpable):
    """True once the kernel confirms it; never raises, so that the caller decides what a failure means."""
    wanted = 1 if is_dumpable else 0
    try:
        prctl = find_prctl()
        prctl(PR_SET_DUMPABLE, wanted, 0, 0, 0)
        return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == wanted
    except Exception:
        return False
