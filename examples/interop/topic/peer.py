#!/usr/bin/env python3
"""A topic that hutong.ts publishes: `subscribe PATH` prints every message until the end, then how many were lost.

The protocol is in docs/protocol.md. Python's standard library alone, 3.10 or newer; x86-64, because Python has no
atomic operations: plain loads and stores are ordered there but for one case, for which see fence().
"""
import mmap
import os
import select
import socket
import struct
import sys
import threading

MAGIC, VERSION, LOG_KIND = b"HUTONG\0\0", 1, 2
PAGE, UNIT, BLOCKS, RECORD_HEADER = 4096, 16, 16, 16
HEAD, ENDED, CLAIMED, AWAITED, OLDEST = 0, 4, 128, 256, 512
POSITION, SLEEPS = 128, 256
MESSAGE, PADDING, BATCH = 1, 2, 3
U32 = 0xFFFFFFFF

lock = threading.Lock()


def fence():
    """A store is seen before a later load is done: taking a lock is an atomic instruction."""
    with lock:
        pass


def signed(value):
    return (value & U32 ^ 0x80000000) - 0x80000000


class Topic:
    def __init__(self, path, codec):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        welcome, descriptors, _, _ = socket.recv_fds(self.socket, 192, 4)
        log, cursor, self.bell, self.publisher_bell = descriptors
        magic, version, kind, capacity = struct.unpack_from("8sIII", welcome)
        if (magic, version, kind) != (MAGIC, VERSION, LOG_KIND) or welcome[48:].decode() not in ("", codec):
            raise ConnectionError(f"{path} is no topic of {codec}")
        position, sequence = struct.unpack_from("dd", welcome, 32)
        self.memory = mmap.mmap(log, 2 * PAGE + capacity, prot=mmap.PROT_READ)
        self.words = memoryview(self.memory)[PAGE : 2 * PAGE].cast("I")
        self.data = memoryview(self.memory)[2 * PAGE :]
        self.cursor = memoryview(mmap.mmap(cursor, PAGE)).cast("I")
        os.close(log)
        os.close(cursor)
        self.units, self.position, self.sequence = capacity // UNIT, int(position), int(sequence)
        self.head, self.batch, self.lost = self.position & U32, [], 0
        self.tell()

    def load(self, offset):
        return self.words[offset // 4]

    def intact(self, position):
        return (position // (self.units // BLOCKS)) - self.load(CLAIMED) & U32 <= BLOCKS

    def tell(self):
        before, position = self.cursor[POSITION // 4], self.position & U32
        self.cursor[POSITION // 4] = position
        fence()
        awaited = self.load(AWAITED)
        wanted = awaited & ~1
        if awaited and signed(wanted - before) > 0 and signed(position - wanted) >= 0:
            os.eventfd_write(self.publisher_bell, 1)

    def sleep(self):
        """False: nothing more will come."""
        self.tell()
        self.cursor[SLEEPS // 4] = 1
        fence()
        if self.load(HEAD) != self.head:
            return True
        if self.load(ENDED):
            return False
        poll = select.poll()
        for descriptor in (self.bell, self.socket.fileno()):
            poll.register(descriptor, select.POLLIN)
        ready = [descriptor for descriptor, _ in poll.poll()]
        if self.bell in ready:
            os.eventfd_read(self.bell)
        return self.socket.fileno() not in ready or self.load(HEAD) != self.head

    def resume(self):
        """Goes to the oldest record there is, and counts what was lost before it."""
        while True:
            claimed = self.load(CLAIMED)
            position, sequence = struct.unpack_from("dd", self.memory, PAGE + OLDEST + claimed % BLOCKS * 16)
            if self.load(CLAIMED) != claimed:
                continue
            self.lost += int(sequence) - self.sequence
            self.position, self.sequence = int(position), int(sequence)
            self.head = self.load(HEAD)
            if self.intact(self.position):
                return

    def record(self):
        """The messages of the next record; None, if it was written over while we looked."""
        at = self.position % self.units * UNIT
        length, tag, sequence = struct.unpack_from("IId", self.data, at)
        payload = bytes(self.data[at + RECORD_HEADER : at + RECORD_HEADER + length])
        if not self.intact(self.position):
            return None
        if sequence != self.sequence or len(payload) != length:
            raise ConnectionError("the publisher broke the protocol")
        self.position += (length + RECORD_HEADER + UNIT - 1) // UNIT
        if tag == PADDING:
            return []
        count = 1 if tag == MESSAGE else tag >> 8
        if count == 0 or tag & 255 not in (MESSAGE, BATCH):
            raise ConnectionError("the publisher broke the protocol")
        each = length // count
        return [payload[i * each : (i + 1) * each] for i in range(count)]

    def receive(self):
        """The next message; None at the end."""
        while not self.batch:
            if self.position & U32 == self.head:
                more = self.sleep()
                head = self.load(HEAD)  # also after the end, which is said last
                if not more and head == self.head:
                    return None
                self.head = head
                continue
            messages = self.record() if self.intact(self.position) else None
            if messages is None:
                self.resume()
            else:
                self.batch = messages
        self.sequence += 1
        return self.batch.pop(0)


topic = Topic(sys.argv[2], "bytes")
print("ready", flush=True)
while (message := topic.receive()) is not None:
    print(message.decode())
print("lost", topic.lost)
