#!/usr/bin/env python3
"""A System V semaphore set: `return KEY ROUNDS` or `serve KEY ROUNDS`"""
import ctypes
import os
import sys
import time

IPC_CREAT, IPC_EXCL, IPC_RMID, IPC_STAT = 0o1000, 0o2000, 0, 2
PING, PONG = 0, 1
OTIME = 48  # of struct semid_ds, behind the permissions
libc = ctypes.CDLL(None, use_errno=True)


class Operation(ctypes.Structure):
    _fields_ = [("index", ctypes.c_ushort), ("change", ctypes.c_short), ("flags", ctypes.c_short)]


def must(result, call):
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{call}: {os.strerror(ctypes.get_errno())}")
    return result


def operate(*operations):
    must(libc.semop(set_, (Operation * len(operations))(*operations), ctypes.c_size_t(len(operations))), "semop")


def await_values():
    """Whoever finds a set has to wait until its maker has initialised it: sem_otime says when."""
    about = ctypes.create_string_buffer(256)
    while True:
        must(libc.semctl(set_, 0, IPC_STAT, about), "semctl")
        if ctypes.c_long.from_buffer(about, OTIME).value != 0:
            return
        time.sleep(0.001)


role, key, rounds = sys.argv[1], ctypes.c_int(int(sys.argv[2], 0)), int(sys.argv[3])
if role == "return":
    set_ = must(libc.semget(key, 2, IPC_CREAT | IPC_EXCL | 0o600), "semget")
    operate((PING, 0, 0))  # zero already: but it sets sem_otime
    print("ready", flush=True)
    for _ in range(rounds):
        operate((PING, -1, 0), (PONG, 1, 0))
    operate((PONG, 0, 0))
    must(libc.semctl(set_, 0, IPC_RMID, None), "semctl")
else:
    set_ = must(libc.semget(key, 2, 0), "semget")
    await_values()
    for _ in range(rounds):
        operate((PING, 1, 0))
        operate((PONG, -1, 0))
print(f"{rounds} rounds")
