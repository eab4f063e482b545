"""Frames on their way to the host, in a queue that the host's reading empties."""
import os

import brigbox_wire as wire

HIGH_WATER = 1024 * 1024
_BATCH = 64


class Outbox:
    """A queue of frames before a descriptor that never blocks."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self._queue = []
        self._size = 0
        os.set_blocking(descriptor, False)

    def is_empty(self):
        return not self._queue

    def is_full(self):
        """A host that reads slowly slows the code down; it must not make us hoard its output."""
        return self._size >= HIGH_WATER

    def add(self, kind, payload):
        header = wire.frame_header(kind, len(payload))
        self._queue += (header, payload)
        self._size += len(header) + len(payload)

    def write(self):
        """As much as the host takes now. Raises OSError where it takes no more at all."""
        try:
            while self._queue:
                self._drop(os.writev(self.descriptor, self._queue[:_BATCH]))
        except BlockingIOError:
            pass

    def _drop(self, count):
        self._size -= count
        done = 0
        for piece in self._queue:
            if len(piece) > count:
                break
            count -= len(piece)
            done += 1
        del self._queue[:done]
        if count:
            self._queue[0] = memoryview(self._queue[0])[count:]
