"""Sends what the code left below the output folder: regular files only, no link followed, everything capped."""
import os
import stat
import time

import brigbox_wire as wire

PIECE = 256 * 1024
MAX_SECONDS = 10
# Past the code's deadline the host will not wait for long.
MIN_SECONDS = 1
MAX_REMOVAL_SECONDS = 5
MAX_DROPPED = 1000
# The report must fit into one frame, whatever the names are made of.
MAX_DROPPED_TEXT = 512 * 1024
MAX_NAME = 1024


def collect(folder, limits, send, deadline):
    """Sends the artifacts as frames; returns what was dropped, with reasons. All processes of the code are gone by now, or killed."""
    now = time.monotonic()
    collector = _Collector(limits, send, min(now + MAX_SECONDS, max(deadline, now + MIN_SECONDS)))
    try:
        root = _open_root(folder)
    except FileNotFoundError:
        return []
    except OSError:
        collector.drop(".", "unreadable")
    else:
        collector.walk(root, "", 0)
    return collector.dropped


def is_empty(folder):
    """Whether there is nothing to collect. What cannot be looked at counts as something."""
    try:
        root = _open_root(folder)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        return not os.listdir(root)
    except OSError:
        return False
    finally:
        os.close(root)


def _open_root(folder):
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


class _Collector:
    def __init__(self, limits, send, until):
        self.limits = limits
        self.send = send
        self.until = until
        self.dropped = []
        self.dropped_text = 0
        self.count = 0
        self.total = 0

    def walk(self, descriptor, prefix, depth):
        """Closes the folder's descriptor. Names in order, so that the same files give the same answer."""
        try:
            for name in sorted(os.listdir(descriptor)):
                self._visit(descriptor, name, prefix + name, depth)
        except OSError:
            self.drop(prefix.rstrip("/") or ".", "unreadable")
        finally:
            os.close(descriptor)

    def _visit(self, parent, name, path, depth):
        if not _is_good_name(name) or len(path) > MAX_NAME:
            return self.drop(path, "bad-name")
        if time.monotonic() > self.until:
            return self.drop(path, "time")
        try:
            mode = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode):
                return self._enter(parent, name, path, depth)
            if not stat.S_ISREG(mode):
                return self.drop(path, "not-a-regular-file")
            return self._take(parent, name, path)
        except OSError:
            return self.drop(path, "unreadable")

    def _enter(self, parent, name, path, depth):
        if depth >= self.limits["artifactDepth"]:
            return self.drop(path, "too-deep")
        return self.walk(os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent), path + "/", depth + 1)

    def _take(self, parent, name, path):
        file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
        try:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode):
                return self.drop(path, "not-a-regular-file")
            size = status.st_size
            if size > self.limits["artifactFileBytes"]:
                return self.drop(path, "file-too-large")
            if self.count >= self.limits["artifactCount"]:
                return self.drop(path, "too-many")
            if self.total + size > self.limits["artifactBytes"]:
                return self.drop(path, "total-too-large")
            self.count += 1
            self.total += size
            self._send_file(file, path, size)
        finally:
            os.close(file)

    def _send_file(self, file, path, size):
        self.send(b"A", wire.dumps({"path": path, "bytes": size}).encode())
        while size > 0:
            piece = os.read(file, min(size, PIECE))
            # Nobody is left who could shorten a file; were one shortened all the same, its length must hold.
            piece = piece or bytes(min(size, PIECE))
            size -= len(piece)
            self.send(b"B", piece)

    def drop(self, path, reason):
        text = path.encode("utf-8", "backslashreplace").decode()[:MAX_NAME]
        self.dropped_text += len(wire.quote(text))
        if len(self.dropped) < MAX_DROPPED and self.dropped_text <= MAX_DROPPED_TEXT:
            self.dropped.append({"path": text, "reason": reason})


def remove_all(folder, deadline):
    """Empties the folder, as far as that goes in a short time: what is left comes again with the next collection.

    Trees are made flat while they are removed, since a deep one is beyond any recursion and any path.
    """
    try:
        root = _open_root(folder)
    except OSError:
        return
    now = time.monotonic()
    until = min(now + MAX_REMOVAL_SECONDS, max(deadline, now + MIN_SECONDS))
    try:
        while os.listdir(root) and time.monotonic() < until:
            for name in os.listdir(root):
                _remove(root, name)
    except OSError:
        pass
    finally:
        os.close(root)


def _remove(root, name):
    try:
        if not stat.S_ISDIR(os.stat(name, dir_fd=root, follow_symlinks=False).st_mode):
            return os.unlink(name, dir_fd=root)
        inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=root)
        try:
            for number, entry in enumerate(os.listdir(inner)):
                os.rename(entry, ".removed-%d-%d" % (time.monotonic_ns(), number), src_dir_fd=inner, dst_dir_fd=root)
        finally:
            os.close(inner)
        os.rmdir(name, dir_fd=root)
    except OSError:
        # Another try comes, and a folder may only have been closed to us.
        _open_up(root, name)


def _open_up(root, name):
    try:
        os.chmod(name, 0o700, dir_fd=root)
    except OSError:
        pass


def _is_good_name(name):
    """Text without control characters, which could play tricks on whoever shows it, and without Windows' separator."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\\" not in name and not any(ord(letter) < 0x20 or 0x7F <= ord(letter) < 0xA0 for letter in name)
