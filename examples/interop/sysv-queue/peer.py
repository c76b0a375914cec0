#!/usr/bin/env python3
"""A System V message queue: `answer KEY` or `ask KEY WORD...`"""
import ctypes
import os
import sys

IPC_CREAT, IPC_EXCL, IPC_RMID = 0o1000, 0o2000, 0
QUESTION, ANSWER, LONGEST = 1, 2, 8192
libc = ctypes.CDLL(None, use_errno=True)
libc.msgrcv.restype = ctypes.c_ssize_t


class Message(ctypes.Structure):
    _fields_ = [("type", ctypes.c_long), ("text", ctypes.c_char * LONGEST)]


def must(result, call):
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{call}: {os.strerror(ctypes.get_errno())}")
    return result


def send(queue, kind, text):
    message = Message(kind)
    ctypes.memmove(ctypes.byref(message, Message.text.offset), text, len(text))
    must(libc.msgsnd(queue, ctypes.byref(message), ctypes.c_size_t(len(text)), 0), "msgsnd")


def receive(queue, kind):
    message = Message()
    size = ctypes.c_size_t(LONGEST)
    length = must(libc.msgrcv(queue, ctypes.byref(message), size, ctypes.c_long(kind), 0), "msgrcv")
    return ctypes.string_at(ctypes.byref(message, Message.text.offset), length)


role, key, words = sys.argv[1], ctypes.c_int(int(sys.argv[2], 0)), sys.argv[3:]
if role == "answer":
    queue = must(libc.msgget(key, IPC_CREAT | IPC_EXCL | 0o600), "msgget")
    print("ready", flush=True)
    while text := receive(queue, QUESTION):
        send(queue, ANSWER, text.upper())
    must(libc.msgctl(queue, IPC_RMID, None), "msgctl")
else:
    queue = must(libc.msgget(key, 0), "msgget")
    for word in words:
        send(queue, QUESTION, word.encode())
        print(receive(queue, ANSWER).decode())
    send(queue, QUESTION, b"")
