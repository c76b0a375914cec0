#!/usr/bin/env python3
"""An open file that travels through a Unix socket: `serve PATH` or `give PATH FILE`"""
import os
import socket
import struct
import sys

role, path = sys.argv[1:3]
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as own:
    if role == "serve":
        own.bind(path)
        own.listen()
        print("ready", flush=True)
        client, _ = own.accept()
        with client:
            credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            pid, uid, gid = struct.unpack("3i", credentials)
            _, descriptors, _, _ = socket.recv_fds(client, 16, 1)
            with open(descriptors[0]) as file:
                content = file.read()
            print(f"process {pid} of user {uid}, group {gid}: {content}")
            client.sendall(content.upper().encode())
        os.unlink(path)
    else:
        own.connect(path)
        with open(sys.argv[3]) as file:
            socket.send_fds(own, [b"file"], [file.fileno()])
        print(own.recv(4096).decode())
