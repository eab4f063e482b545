"""Tries each attack of `attacks.py`, behind which this is sent, and tells how it ended."""
def judge(attack):
    try:
        way_through = attack()
    except OSError as error:
        return {"outcome": "stopped", "seen": error.strerror or type(error).__name__}
    except MemoryError:
        return {"outcome": "stopped", "seen": "no memory for it"}
    except Exception as error:
        return {"outcome": "unknown", "seen": "%s: %s" % (type(error).__name__, error)}
    if way_through is None:
        return {"outcome": "stopped", "seen": "no effect"}
    return {"outcome": "through", "seen": way_through}


def try_apart(attack):
    """In a process of its own, so that an attack which ends it, or changes it, leaves the others as they were."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        found = judge(attack)
        os.write(writer, ("%s\n%s" % (found["outcome"], found["seen"])).encode()[:4000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        text = file.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    if not text:
        # A program that was executed in its place writes nothing and ends well; a filter may also kill.
        killed = os.WIFSIGNALED(status)
        return {"outcome": "stopped" if killed else "through", "seen": "ended with status %d" % status}
    outcome, seen = text.split("\n", 1)
    return {"outcome": outcome, "seen": seen}


signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
result = {name: try_apart(attack) for name, attack in ATTACKS.items()}
