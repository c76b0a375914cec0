#!/usr/bin/env python3
"""POSIX message queues: `answer NAME` or `ask NAME WORD...`"""
import ctypes
import ctypes.util
import os
import sys

LONGEST, MESSAGES = 8192, 8
libc = ctypes.CDLL(None, use_errno=True)
if not hasattr(libc, "mq_open"):  # glibc before 2.34
    libc = ctypes.CDLL(ctypes.util.find_library("rt"), use_errno=True)
libc.mq_send.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint]
libc.mq_receive.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.POINTER(ctypes.c_uint)]
libc.mq_receive.restype = ctypes.c_ssize_t


class Attributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_long) for name in ("flags", "maxmsg", "msgsize", "curmsgs")] + [
        ("reserved", ctypes.c_long * 4)
    ]


def must(result, call):
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{call}: {os.strerror(ctypes.get_errno())}")
    return result


def opened(name, flags):
    size = Attributes(maxmsg=MESSAGES, msgsize=LONGEST)
    return must(libc.mq_open(name.encode(), flags, 0o600, ctypes.byref(size)), "mq_open")


def send(queue, text, priority):
    must(libc.mq_send(queue, text, len(text), priority), "mq_send")


def receive(queue):
    text, priority = ctypes.create_string_buffer(LONGEST), ctypes.c_uint()
    length = must(libc.mq_receive(queue, text, LONGEST, ctypes.byref(priority)), "mq_receive")
    return text.raw[:length], priority.value


role, name, words = sys.argv[1], sys.argv[2], sys.argv[3:]
if role == "answer":
    questions = opened(name, os.O_RDONLY | os.O_CREAT | os.O_EXCL)
    answers = opened(name + "-answers", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    print("ready", flush=True)
    while (question := receive(questions))[0]:
        send(answers, question[0].upper(), question[1])
    must(libc.mq_unlink(name.encode()), "mq_unlink")
    must(libc.mq_unlink((name + "-answers").encode()), "mq_unlink")
else:
    questions = opened(name, os.O_WRONLY)
    answers = opened(name + "-answers", os.O_RDONLY)
    for index, word in enumerate(words):
        send(questions, word.encode(), index + 1)
        text, priority = receive(answers)
        print(priority, text.decode())
    send(questions, b"", 0)
