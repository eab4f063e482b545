"""What a sandbox is for: tries the network, the disk, the host's secrets and a fork bomb, and tells how each attempt ended."""
import os
import socket
import time


def attempt(name, action):
    try:
        outcome = action()
    except OSError as error:
        outcome = f"stopped ({error.strerror})"
    print(f"{name:<28}{outcome}")


def call_home():
    socket.create_connection(("192.0.2.1", 443), timeout=3)
    return "REACHED THE NETWORK"


def overwrite_system():
    with open("/usr/bin/python3", "wb") as file:
        file.write(b"hacked")
    return "WROTE TO THE SYSTEM"


def fill_disk():
    written = 0
    try:
        with open("/tmp/filler", "wb") as file:
            while True:
                written += file.write(bytes(1024 * 1024))
    except OSError as error:
        return f"stopped after {written // 1024**2} MiB of memory-backed /tmp ({error.strerror})"
    finally:
        os.remove("/tmp/filler")


def run_dropped_program():
    with open("/tmp/payload", "w") as file:
        file.write("#!/bin/sh\necho owned\n")
    os.chmod("/tmp/payload", 0o755)
    os.execv("/tmp/payload", ["/tmp/payload"])


def become_root():
    os.setuid(0)
    return "BECAME ROOT"


def fork_bomb():
    if os.fork() == 0:
        while True:
            try:
                os.fork()
            except OSError:
                time.sleep(60)
    time.sleep(1.5)
    alive = sum(name.isdigit() for name in os.listdir("/proc"))
    return f"held at {alive} processes, and this one still runs"


attempt("call home", call_home)
attempt("overwrite the system", overwrite_system)
attempt("fill the disk", fill_disk)
attempt("run a program it dropped", run_dropped_program)
attempt("become root", become_root)
attempt("fork bomb", fork_bomb)
print("and now it hangs for ever ...")
while True:
    time.sleep(1)
