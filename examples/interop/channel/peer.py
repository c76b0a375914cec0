#!/usr/bin/env python3
"""A channel in shared memory, with hutong.ts on the other side: `ask PATH WORD...`, which answers in capitals.

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

MAGIC, VERSION, PAIR = b"HUTONG\0\0", 1, 1
PAGE, UNIT, RECORD_HEADER = 4096, 8, 8
HEAD, ENDED, TAIL, CLOSED, CONSUMER_SLEEPS, PRODUCER_SLEEPS = 0, 4, 128, 132, 256, 384
MESSAGE, PADDING, BATCH = 1, 2, 3
U32 = 0xFFFFFFFF

lock = threading.Lock()


def fence():
    """A store is seen before a later load is done: taking a lock is an atomic instruction."""
    with lock:
        pass


def units_of(length):
    return (length + RECORD_HEADER + UNIT - 1) // UNIT


class Ring:
    def __init__(self, memory, control, capacity):
        self.words = memoryview(memory)[control : control + PAGE].cast("I")
        self.data = memoryview(memory)[control + PAGE : control + PAGE + capacity]
        self.units, self.position, self.seen = capacity // UNIT, 0, 0

    def load(self, offset):
        return self.words[offset // 4]

    def store(self, offset, value):
        self.words[offset // 4] = value


class Channel:
    def __init__(self, path, codec):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        welcome, (memory, self.peer_bell, self.bell), _, _ = socket.recv_fds(self.socket, 160, 3)
        magic, version, kind, capacity = struct.unpack_from("8sIII", welcome)
        if (magic, version, kind) != (MAGIC, VERSION, PAIR) or welcome[32:].decode() not in ("", codec):
            raise ConnectionError(f"{path} is no channel of {codec}")
        self.memory = mmap.mmap(memory, PAGE + 2 * (PAGE + capacity))
        os.close(memory)
        self.incoming = Ring(self.memory, PAGE, capacity)
        self.out = Ring(self.memory, 2 * PAGE + capacity, capacity)
        self.batch = []

    def wake(self, ring, sleeps):
        fence()
        if ring.load(sleeps):
            ring.store(sleeps, 0)
            os.eventfd_write(self.peer_bell, 1)

    def sleep(self, ring, word, sleeps, over, old):
        """Until the word is not `old` any more, or may not be. False: it will not change."""
        ring.store(sleeps, 1)
        fence()
        if ring.load(word) != old:
            return True
        if ring.load(over):
            return False
        poll = select.poll()
        for descriptor in (self.bell, self.socket.fileno()):
            poll.register(descriptor, select.POLLIN)
        ready = [descriptor for descriptor, _ in poll.poll()]
        if self.bell in ready:
            os.eventfd_read(self.bell)
        return self.socket.fileno() not in ready or ring.load(word) != old

    def send(self, message):
        ring, units = self.out, units_of(len(message))
        left = ring.units - ring.position % ring.units
        needed = units + left if units > left else units
        while (ring.position - ring.seen & U32) + needed > ring.units:
            if not self.sleep(ring, TAIL, PRODUCER_SLEEPS, CLOSED, ring.seen):
                raise BrokenPipeError
            ring.seen = ring.load(TAIL)
        if units > left:
            self.put(left * UNIT - RECORD_HEADER, PADDING, b"")
            ring.position = ring.position + left & U32
        self.put(len(message), MESSAGE, message)
        ring.position = ring.position + units & U32
        ring.store(HEAD, ring.position)
        self.wake(ring, CONSUMER_SLEEPS)

    def put(self, length, tag, message):
        at = self.out.position % self.out.units * UNIT
        record = struct.pack("II", length, tag) + message
        self.out.data[at : at + len(record)] = record

    def receive(self):
        """The next message; None at the end."""
        ring = self.incoming
        while not self.batch:
            while ring.position == ring.seen:
                ring.store(TAIL, ring.position)
                self.wake(ring, PRODUCER_SLEEPS)
                more = self.sleep(ring, HEAD, CONSUMER_SLEEPS, ENDED, ring.seen)
                ring.seen = ring.load(HEAD)  # also after the end, which is said last
                if not more and ring.position == ring.seen:
                    return None
            at = ring.position % ring.units * UNIT
            length, tag = struct.unpack_from("II", ring.data, at)
            if units_of(length) > (ring.seen - ring.position & U32) or at + RECORD_HEADER + length > len(ring.data):
                raise ConnectionError("the peer broke the protocol")
            payload = bytes(ring.data[at + RECORD_HEADER : at + RECORD_HEADER + length])
            ring.position = ring.position + units_of(length) & U32
            if tag == MESSAGE:
                self.batch = [payload]
            elif tag & 255 == BATCH and tag >> 8:
                each = length // (tag >> 8)
                self.batch = [payload[i * each : (i + 1) * each] for i in range(tag >> 8)]
            elif tag != PADDING:
                raise ConnectionError("a message in parts, which this peer does not take")
        return self.batch.pop(0)

    def close(self):
        self.out.store(ENDED, 1)
        self.wake(self.out, CONSUMER_SLEEPS)
        self.socket.close()


role, path, words = sys.argv[1], sys.argv[2], sys.argv[3:]
channel = Channel(path, "bytes")
for word in words:
    channel.send(word.encode())
    answer = channel.receive()
    if answer is None:
        sys.exit("the channel ended")
    print(answer.decode())
channel.close()
