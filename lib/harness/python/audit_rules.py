"""What the audit hook does about each event of CPython 3.8 to 3.13, as data: who may cause it, or which of its arguments are paths.

An event that stands in no list is one of a newer Python or of a package: the code may not cause it, libraries may.
"""

# Nothing to see in them, or what they lead to is an event of its own: a copied file is opened, a temporary one too.
FREE = frozenset(
    """
    _thread.start_joinable_thread _thread.start_new_thread array.__new__ builtins.id builtins.input builtins.input/result
    cpython.PyInterpreterState_Clear cpython._PySys_ClearAuditHooks ctypes.get_errno ctypes.set_errno
    glob.glob glob.glob/2 marshal.dumps os.fwalk os.putenv os.unsetenv os.walk
    pathlib.Path.glob pathlib.Path.rglob pathlib.Path.walk
    shutil.chown shutil.copyfile shutil.copymode shutil.copystat shutil.copytree shutil.make_archive shutil.move shutil.rmtree
    shutil.unpack_archive sqlite3.connect/handle sys._debugmallocstats sys._getframemodulename sys.excepthook
    sys.set_asyncgen_hook_finalizer sys.set_asyncgen_hook_firstiter sys.set_asyncgen_hooks_finalizer
    sys.set_asyncgen_hooks_firstiter sys.unraisablehook tempfile.mkdtemp tempfile.mkstemp time.sleep
    """.split()
)

# Whoever asks: what a library does of this it does for the code that called it.
NEVER = frozenset(
    """
    builtins.breakpoint cpython.PyInterpreterState_New cpython.run_command cpython.run_file cpython.run_interactivehook
    cpython.run_module cpython.run_startup cpython.run_stdin ensurepip.bootstrap fcntl.ioctl ftplib.connect ftplib.sendcmd
    gc.get_objects gc.get_referents gc.get_referrers http.client.connect http.client.send imaplib.open imaplib.send
    nntplib.connect nntplib.putline os.add_dll_directory os.exec os.fork os.forkpty os.kill os.killpg os.listdrives os.listmounts
    os.listvolumes os.posix_spawn os.spawn os.startfile os.startfile/2 os.system pdb.Pdb poplib.connect poplib.putline pty.spawn
    resource.prlimit resource.setrlimit setopencodehook signal.pthread_kill smtplib.connect smtplib.send socket.__new__
    socket.bind socket.connect socket.getaddrinfo socket.gethostbyaddr socket.gethostbyname socket.gethostname
    socket.getnameinfo socket.getservbyname socket.getservbyport socket.sendmsg socket.sendto socket.sethostname
    sqlite3.enable_load_extension sqlite3.load_extension subprocess.Popen sys._current_exceptions sys._current_frames
    sys.addaudithook sys.monitoring.register_callback sys.remote_exec syslog.closelog syslog.openlog syslog.setlogmask
    syslog.syslog telnetlib.Telnet.open telnetlib.Telnet.write urllib.Request webbrowser.open
    """.split()
)

# The supervisor's own child takes the code's tracers out again.
NEVER_BUT_HARNESS = frozenset(("sys.setprofile", "sys.settrace"))

# Libraries generate code, look at their callers, and copy functions.
LIBRARY_ONLY = frozenset(
    """
    fcntl.fcntl fcntl.flock fcntl.lockf function.__new__ mmap.__new__ os.lockf sys._getframe
    """.split()
)

# Only Python's own import reads code out of files.
IMPORT_ONLY = frozenset(("marshal.load", "marshal.loads"))

# Events with paths: for each path its position, that of its dir_fd or None, and whether it is for reading ("r") or writing ("w").
PATHS = {
    "os.chdir": ((0, None, "r"),),
    "os.chflags": ((0, None, "w"),),
    "os.chmod": ((0, 2, "w"),),
    "os.chown": ((0, 3, "w"),),
    "os.getxattr": ((0, None, "r"),),
    "os.link": ((0, 2, "w"), (1, 3, "w")),
    "os.listdir": ((0, None, "r"),),
    "os.listxattr": ((0, None, "r"),),
    "os.mkdir": ((0, 2, "w"),),
    "os.remove": ((0, 1, "w"),),
    "os.removexattr": ((0, None, "w"),),
    "os.rename": ((0, 2, "w"), (1, 3, "w")),
    "os.rmdir": ((0, 1, "w"),),
    "os.scandir": ((0, None, "r"),),
    "os.setxattr": ((0, None, "w"),),
    "os.symlink": ((1, 2, "w"),),
    "os.truncate": ((0, None, "w"),),
    "os.utime": ((0, 3, "w"),),
    "sqlite3.connect": ((0, None, "w"),),
}

# Attributes that lead out of the code into those who called it, and what turns one function into another.
HIDDEN_ATTRIBUTES = frozenset(("ag_frame", "cr_frame", "gi_frame", "tb_frame"))
FIXED_ATTRIBUTES = frozenset(("__code__", "__defaults__", "__kwdefaults__"))

# Ways out of Python, or to what this hook is there to stop; libraries import some of them and do no harm with them.
MODULES = frozenset(
    """
    _ctypes _ctypes_test _curses _multiprocessing _posixshmem _posixsubprocess _socket _ssl _testcapi _testinternalcapi
    _testmultiphase asyncio cffi _cffi_backend code codeop crypt ctypes dbm ensurepip faulthandler ftplib http imaplib llvmlite
    mmap multiprocessing nntplib numba pdb poplib pty readline resource runpy smtplib socket socketserver ssl subprocess
    syslog telnetlib termios tty venv webbrowser xmlrpc
    """.split()
)

# Other interpreters would run without a hook.
NEVER_MODULES = frozenset(("_interpreters", "_interpchannels", "_interpqueues", "_xxinterpchannels", "_xxsubinterpreters"))

# What code in a pickle could do without a module of the above.
PICKLE_MODULES = frozenset("importlib nt os pkgutil posix pydoc shutil sys timeit".split())
PICKLE_BUILTINS = frozenset("__import__ breakpoint compile eval exec globals input open vars".split())

# Files of Python's own library that call what they are given, so that whoever called them is who asks.
GO_BETWEENS = ("concurrent/", "contextlib.py", "functools.py", "importlib/", "inspect.py", "threading.py")

# Where the arguments of an event say what was stopped. Commands show their first word, addresses their host.
DETAILS = {
    "ftplib.connect": (1,),
    "http.client.connect": (1,),
    "os.exec": (0,),
    "os.kill": (0, 1),
    "os.killpg": (0, 1),
    "os.posix_spawn": (0,),
    "os.spawn": (1,),
    "os.system": (0,),
    "signal.pthread_kill": (1,),
    "smtplib.connect": (1,),
    "socket.connect": (1,),
    "socket.getaddrinfo": (0,),
    "socket.gethostbyname": (0,),
    "subprocess.Popen": (0,),
    "urllib.Request": (0,),
    "webbrowser.open": (0,),
}

# Read besides the library, the inputs and the root: what time zones, random numbers and MIME types need.
READABLE_FILES = frozenset(
    ("/dev/null", "/dev/random", "/dev/urandom", "/dev/zero", "/etc/localtime", "/etc/timezone", "/etc/mime.types")
)
READABLE_FOLDERS = ("/usr/share/zoneinfo/", "/usr/lib/zoneinfo/", "/usr/share/lib/zoneinfo/", "/etc/zoneinfo/")
WRITABLE_FILES = frozenset(("/dev/null",))
