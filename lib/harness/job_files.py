"""Writes the job's files below /tmp/in. A separate module, since most jobs bring none."""
import os

from brigbox_job import READ_BYTES, STDIN, check_count
from brigbox_wire import BAD_JOB, HOST_GONE, Stop

TOP = "/tmp/in"
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def write_files(entries):
    """Checks all paths before the first byte is written."""
    paths = check_entries(entries)
    for path, entry in zip(paths, entries):
        try:
            write_file(path, entry["bytes"])
        except OSError as error:
            raise Stop(BAD_JOB, "cannot write %s: %s" % (shown(entry["path"]), error.strerror)) from None


def check_entries(entries):
    """The paths as lists of names; refuses what leaves the folder and what is a file here and a folder there."""
    files, folders = set(), set()
    for entry in entries:
        if type(entry) is not dict or type(entry.get("path")) is not str:
            raise Stop(BAD_JOB, "an entry of the job's files has no path")
        check_count("file size", entry.get("bytes"))
        names = tuple(entry["path"].split("/"))
        if any(name in ("", ".", "..") or not name.isprintable() for name in names):
            raise Stop(BAD_JOB, "not a plain relative path: %s" % shown(entry["path"]))
        parents = [names[:depth] for depth in range(1, len(names))]
        if names in files or names in folders or any(parent in files for parent in parents):
            raise Stop(BAD_JOB, "two files claim the path %s" % shown(entry["path"]))
        files.add(names)
        folders.update(parents)
    return [entry["path"].split("/") for entry in entries]


def shown(path):
    return ascii(path[:200])


def write_file(names, size):
    """Opens folder by folder, so that no link anywhere on the way is followed."""
    folder = open_folder(TOP, None)
    for name in names[:-1]:
        folder = open_folder(name, folder)
    try:
        descriptor = os.open(names[-1], NEW_FILE, 0o644, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        copy_from_stdin(descriptor, size)
    finally:
        os.close(descriptor)


def open_folder(name, parent):
    """Makes the folder where it is missing; closes the parent, which is needed no more."""
    try:
        try:
            os.mkdir(name, 0o755, dir_fd=parent)
        except FileExistsError:
            pass
        return os.open(name, FOLDER, dir_fd=parent)
    finally:
        if parent is not None:
            os.close(parent)


def copy_from_stdin(descriptor, size):
    remaining = size
    while remaining:
        chunk = os.read(STDIN, min(READ_BYTES, remaining))
        if not chunk:
            raise Stop(HOST_GONE, "stdin ended before the job was complete")
        remaining -= len(chunk)
        view = memoryview(chunk)
        while view:
            view = view[os.write(descriptor, view) :]
