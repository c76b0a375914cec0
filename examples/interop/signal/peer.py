# peer.py send PID SIGNAL COUNT, peer.py receive SIGNAL COUNT: as peer.c. Python has sigwaitinfo, and for sigqueue, ctypes.
import ctypes
import os
import signal
import sys


def number(text):
    return signal.SIGRTMIN + int(text) if text.startswith("+") else int(text)


def send(pid, signum, count):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.sigqueue.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_void_p]
    for value in range(count):
        if libc.sigqueue(pid, signum, value) < 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error))


def receive(signum, count):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signum])
    print(os.getpid(), flush=True)
    for _ in range(count):
        info = signal.sigwaitinfo([signum])
        print(f"signal {info.si_signo} code {info.si_code} pid {info.si_pid} uid {info.si_uid}", flush=True)


if sys.argv[1] == "send":
    send(int(sys.argv[2]), number(sys.argv[3]), int(sys.argv[4]))
else:
    receive(number(sys.argv[2]), int(sys.argv[3]))
