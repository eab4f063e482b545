"""Keeps the code from setting the supervisor's resource limits.

The kernel lets a process set the limits of any other one of its user. A CPU limit set so kills even PID 1, and the end of the
container would look like the work of a stranger. No capability and no dumpable flag guards this call, so a filter does.
"""
import os

_NO_NEW_PRIVILEGES = 38
_SET_SECCOMP = 22
_FILTER_MODE = 2

# Per machine: the kernel's number of the architecture, and that of prlimit64.
_MACHINES = {"x86_64": (0xC000003E, 302), "aarch64": (0xC00000B7, 261)}
_FOREIGN_CALLS = 0x40000000

_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001
_AT_CALL, _AT_MACHINE, _AT_FIRST_ARGUMENT = 0, 4, 16


def forbid_limits_of_others(prctl):
    """True where the filter is in place, for this process and all that it forks."""
    numbers = _MACHINES.get(os.uname().machine)
    if prctl is None or numbers is None:
        return False
    program = _assemble(*numbers)
    address, keep = _pin(program)
    fprog = (len(program) // 8).to_bytes(8, "little") + address.to_bytes(8, "little")
    return prctl(_NO_NEW_PRIVILEGES, 1) == 0 and prctl(_SET_SECCOMP, _FILTER_MODE, fprog) == 0


def _assemble(machine, prlimit):
    """A jump counts the instructions to leave out, first where it holds, then where it does not."""
    return b"".join(
        code.to_bytes(2, "little") + bytes((if_true, if_false)) + value.to_bytes(4, "little")
        for code, if_true, if_false, value in (
            (_LOAD, 0, 0, _AT_MACHINE),
            (_IF_EQUAL, 0, 6, machine),
            (_LOAD, 0, 0, _AT_CALL),
            (_IF_AT_LEAST, 4, 0, _FOREIGN_CALLS),
            (_IF_EQUAL, 0, 2, prlimit),
            # Process 0 is whoever calls; the kernel looks at the low half alone.
            (_LOAD, 0, 0, _AT_FIRST_ARGUMENT),
            (_IF_EQUAL, 0, 1, 0),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _REFUSE),
        )
    )


def _pin(program):
    """The address of a copy of these bytes, and the object that keeps them there."""
    import _ctypes

    byte = type(_ctypes._SimpleCData)("_Byte", (_ctypes._SimpleCData,), {"_type_": "B"})
    copy = (byte * len(program)).from_buffer_copy(program)
    return _ctypes.addressof(copy), copy
