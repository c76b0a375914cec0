#!/usr/bin/env python3
"""POSIX shared memory: `ask NAME TEXT` or `answer NAME`"""
import struct
import sys
import time
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory

ASKED, ANSWERED, TEXT = 1, 2, 64
role, name = sys.argv[1], sys.argv[2].lstrip("/")
memory = SharedMemory(name=name, create=role == "ask", size=4096)
# Python would remove an object that it has only opened.
if role != "ask":
    resource_tracker.unregister(memory._name, "shared_memory")


def until(value):
    while struct.unpack_from("i", memory.buf)[0] != value:
        time.sleep(0.001)


def text():
    return bytes(memory.buf[TEXT:]).split(b"\0", 1)[0]


if role == "ask":
    written = sys.argv[3].encode() + b"\0"
    memory.buf[TEXT : TEXT + len(written)] = written
    struct.pack_into("i", memory.buf, 0, ASKED)
    print("ready", flush=True)
    until(ANSWERED)
    print(text().decode())
    memory.unlink()
else:
    until(ASKED)
    upper = text().upper()
    memory.buf[TEXT : TEXT + len(upper)] = upper
    struct.pack_into("i", memory.buf, 0, ANSWERED)
memory.close()
