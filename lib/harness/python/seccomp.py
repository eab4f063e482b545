"""Keeps the code from setting the supervisor's resource limits, and from having it scheduled last.

The kernel lets a process set the limits and the scheduling of any other one of its user. A CPU limit set so kills even PID 1, and the
end of the container would look like the work of a stranger; with the lowest priority, and on the one processor that the code keeps busy,
it comes too late for its own deadline. No capability and no dumpable flag guards these calls, so a filter does. The numbers are those of
the kernel's tables: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
"""
import os

_NO_NEW_PRIVILEGES = 38
_SET_SECCOMP = 22
_FILTER_MODE = 2

# The kernel's number of each architecture, and where its calls stand in the lists below.
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_CALLS = {
    "prlimit64": (302, 261), "setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119), "sched_setparam": (142, 118), "sched_setattr": (314, 274),
}
_FOREIGN_CALLS = 0x40000000

_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001
_ENDS = ((_RETURN, 0, 0, _REFUSE), (_RETURN, 0, 0, _ALLOW))
# Of an argument the kernel looks at the low half alone, here as in the calls.
_AT_CALL, _AT_MACHINE, _AT_FIRST, _AT_SECOND = 0, 4, 16, 24

# These can name groups and users, too; where they name one process, this is their first argument.
_ONE_PROCESS = {"setpriority": 0, "ioprio_set": 1}


def protect_supervisor(prctl):
    """Called by the supervisor. True where the filter is in place, for it and for all that it forks."""
    machine = _MACHINES.get(os.uname().machine)
    if prctl is None or machine is None:
        return False
    program = _assemble(*machine, os.getpid())
    address, keep = _pin(program)
    fprog = (len(program) // 8).to_bytes(8, "little") + address.to_bytes(8, "little")
    return prctl(_NO_NEW_PRIVILEGES, 1) == 0 and prctl(_SET_SECCOMP, _FILTER_MODE, fprog) == 0


def _assemble(machine, column, supervisor):
    """A jump counts the instructions to leave out, first where it holds, then where it does not."""
    program = [
        (_LOAD, 0, 0, _AT_MACHINE),
        (_IF_EQUAL, 0, 2, machine),
        (_LOAD, 0, 0, _AT_CALL),
        (_IF_AT_LEAST, 0, 1, _FOREIGN_CALLS),
        # A call by the numbers of another architecture, which this filter does not know.
        (_RETURN, 0, 0, _REFUSE),
    ]
    for name, numbers in _CALLS.items():
        rule = _rule_of(name, supervisor)
        program += [(_IF_EQUAL, 0, len(rule), numbers[column]), *rule]
    program.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(
        code.to_bytes(2, "little") + bytes((if_true, if_false)) + value.to_bytes(4, "little")
        for code, if_true, if_false, value in program
    )


def _rule_of(name, supervisor):
    if name == "prlimit64":
        # Process 0 is whoever calls: nobody has a reason to set the limits of others.
        return [(_LOAD, 0, 0, _AT_FIRST), (_IF_EQUAL, 1, 0, 0), *_ENDS]
    if name in _ONE_PROCESS:
        return [(_LOAD, 0, 0, _AT_FIRST), (_IF_EQUAL, 0, 2, _ONE_PROCESS[name]), *_refuse_at(_AT_SECOND, supervisor)]
    return _refuse_at(_AT_FIRST, supervisor)


def _refuse_at(argument, supervisor):
    """No other process: threads may be placed by their number, and are by libraries."""
    return [(_LOAD, 0, 0, argument), (_IF_EQUAL, 0, 1, supervisor), *_ENDS]


def _pin(program):
    """The address of a copy of these bytes, and the object that keeps them there."""
    import _ctypes

    byte = type(_ctypes._SimpleCData)("_Byte", (_ctypes._SimpleCData,), {"_type_": "B"})
    copy = (byte * len(program)).from_buffer_copy(program)
    return _ctypes.addressof(copy), copy
