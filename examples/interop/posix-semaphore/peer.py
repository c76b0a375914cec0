#!/usr/bin/env python3
"""Two POSIX semaphores: `return NAME ROUNDS` or `serve NAME ROUNDS`"""
import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.sem_open.restype = ctypes.c_void_p


def failed(call):
    raise OSError(ctypes.get_errno(), f"{call}: {os.strerror(ctypes.get_errno())}")


def named(name, flags):
    semaphore = libc.sem_open(name.encode(), flags, ctypes.c_uint(0o600), ctypes.c_uint(0))
    return ctypes.c_void_p(semaphore) if semaphore else failed(f"sem_open {name}")


def call(function, argument):
    if getattr(libc, function)(argument) != 0:
        failed(function)


role, name, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
names = [name, f"{name}-back"]
there, back = [named(each, os.O_CREAT | os.O_EXCL if role == "return" else 0) for each in names]
if role == "return":
    print("ready", flush=True)
for _ in range(rounds):
    if role == "return":
        call("sem_wait", there)
        call("sem_post", back)
    else:
        call("sem_post", there)
        call("sem_wait", back)
if role == "return":
    for each in names:
        call("sem_unlink", each.encode())
print(f"{rounds} rounds")
