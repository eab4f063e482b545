"""Sends what the code left below the output folder: regular files only, no link followed, everything capped."""
import os
import stat
import time

PIECE = 256 * 1024
MAX_SECONDS = 10
MAX_DROPPED = 1000
MAX_NAME = 1024


def collect(folder, limits, send):
    """Sends the artifacts as frames; returns what was dropped, with reasons. All processes of the code are gone by now."""
    collector = _Collector(limits, send)
    try:
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return collector.dropped
    collector.walk(root, "", 0)
    return collector.dropped


class _Collector:
    def __init__(self, limits, send):
        self.limits = limits
        self.send = send
        self.dropped = []
        self.count = 0
        self.total = 0
        self.until = time.monotonic() + MAX_SECONDS

    def walk(self, descriptor, prefix, depth):
        """Closes the folder's descriptor. Names in order, so that the same files give the same answer."""
        try:
            for name in sorted(os.listdir(descriptor)):
                if len(self.dropped) >= MAX_DROPPED:
                    return
                self._visit(descriptor, name, prefix + name, depth)
        except OSError:
            self._drop(prefix.rstrip("/") or ".", "unreadable")
        finally:
            os.close(descriptor)

    def _visit(self, parent, name, path, depth):
        if not _is_good_name(name) or len(path) > MAX_NAME:
            return self._drop(path, "bad-name")
        if time.monotonic() > self.until:
            return self._drop(path, "time")
        try:
            mode = os.lstat(name, dir_fd=parent).st_mode
            if stat.S_ISDIR(mode):
                return self._enter(parent, name, path, depth)
            if not stat.S_ISREG(mode):
                return self._drop(path, "not-a-regular-file")
            return self._take(parent, name, path)
        except OSError:
            return self._drop(path, "unreadable")

    def _enter(self, parent, name, path, depth):
        if depth >= self.limits["artifactDepth"]:
            return self._drop(path, "too-deep")
        return self.walk(os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent), path + "/", depth + 1)

    def _take(self, parent, name, path):
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
        try:
            size = os.fstat(file).st_size
            if size > self.limits["artifactFileBytes"]:
                return self._drop(path, "file-too-large")
            if self.count >= self.limits["artifactCount"]:
                return self._drop(path, "too-many")
            if self.total + size > self.limits["artifactBytes"]:
                return self._drop(path, "total-too-large")
            self.count += 1
            self.total += size
            self._send_file(file, path, size)
        finally:
            os.close(file)

    def _send_file(self, file, path, size):
        import brigbox_wire as wire

        self.send(b"A", wire.dumps({"path": path, "bytes": size}).encode())
        while size > 0:
            piece = os.read(file, min(size, PIECE))
            # Nobody is left who could shorten a file; were one shortened all the same, its length must hold.
            piece = piece or bytes(min(size, PIECE))
            size -= len(piece)
            self.send(b"B", piece)

    def _drop(self, path, reason):
        if len(self.dropped) < MAX_DROPPED:
            text = path.encode("utf-8", "backslashreplace").decode()[:MAX_NAME]
            self.dropped.append({"path": text, "reason": reason})


def _is_good_name(name):
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return all(ord(character) >= 32 and ord(character) != 127 for character in name) and "\\" not in name
