"""What Python programs with numpy and pandas ordinarily do, so that the system calls behind it can be traced, or tried under the profile.

Each function is a kind of work; those whose modules are missing are left out. `result` tells how each one ended.
"""
import sys
import tempfile

FOLDER = tempfile.gettempdir()


def files():
    import fcntl, mmap, os, shutil, tempfile, zipfile

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a")
        with open(path, "w+b") as file:
            file.write(b"x" * 10_000)
            os.fsync(file.fileno())
            os.fdatasync(file.fileno())
            os.pread(file.fileno(), 10, 0), os.pwrite(file.fileno(), b"y", 5)
            os.posix_fallocate(file.fileno(), 0, 100)
            os.sendfile(file.fileno(), file.fileno(), 0, 1)
            fcntl.flock(file, fcntl.LOCK_EX), fcntl.lockf(file, fcntl.LOCK_UN)
            with mmap.mmap(file.fileno(), 0) as area:
                area[0:1] = b"y"
                area.flush()
            file.truncate(10)
        os.rename(path, path + "b"), os.symlink(path + "b", path), os.readlink(path), os.link(path + "b", path + "c")
        os.stat(path), os.lstat(path), os.access(path, os.R_OK), os.chmod(path + "b", 0o600), os.utime(path + "b")
        os.chown(path + "b", os.getuid(), os.getgid())
        os.makedirs(os.path.join(folder, "d/e")), list(os.scandir(folder)), list(os.walk(folder)), os.statvfs(folder)
        shutil.copyfile(path + "b", path + "f"), shutil.copytree(os.path.join(folder, "d"), os.path.join(folder, "g"))
        os.getcwd(), os.chdir(folder), os.chdir("/"), os.umask(os.umask(0o22)), os.truncate(path + "b", 5)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        os.listdir(descriptor), os.mkdir("h", dir_fd=descriptor), os.rmdir("h", dir_fd=descriptor), os.fchdir(descriptor)
        os.close(descriptor), os.chdir("/")
        with zipfile.ZipFile(os.path.join(folder, "z.zip"), "w") as archive:
            archive.write(path + "b")


def database():
    import os, sqlite3, tempfile

    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(os.path.join(folder, "db"))
        connection.execute("pragma journal_mode = wal")
        connection.execute("create table t (x)")
        connection.executemany("insert into t values (?)", [(number,) for number in range(100)])
        connection.commit()
        connection.close()


def processes():
    import os, resource, subprocess, time

    os.getpid(), os.getppid(), os.getuid(), os.geteuid(), os.getgid(), os.getgroups(), os.getpgid(0), os.getsid(0)
    os.times(), os.uname(), os.getresuid(), os.getresgid(), os.urandom(8), os.nice(0), os.getpriority(os.PRIO_PROCESS, 0)
    os.sched_getaffinity(0), os.sched_setaffinity(0, os.sched_getaffinity(0)), os.sched_yield(), os.sched_getscheduler(0)
    resource.getrlimit(resource.RLIMIT_NOFILE), resource.setrlimit(resource.RLIMIT_CORE, (0, 0)), resource.getrusage(0)
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.setsid(), os.write(writer, b"x"), os._exit(0)
    os.waitid(os.P_ALL, 0, os.WEXITED), os.read(reader, 1), os.dup2(reader, 100), os.set_blocking(reader, False)
    os.kill(os.getpid(), 0), os.killpg(os.getpgid(0), 0)
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    subprocess.run(["/bin/true"], check=True, start_new_session=True, cwd="/")
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
    time.monotonic(), time.time(), time.process_time(), time.thread_time(), time.clock_getres(time.CLOCK_MONOTONIC)


def descriptors():
    import os, socket, tempfile

    with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "a"), "w+b") as file:
        number = file.fileno()
        os.writev(number, [b"ab", b"cd"]), os.lseek(number, 0, os.SEEK_SET), os.readv(number, [bytearray(2)])
        os.pwritev(number, [b"ab"], 0), os.preadv(number, [bytearray(2)], 0), os.posix_fadvise(number, 0, 0, os.POSIX_FADV_RANDOM)
        os.fchmod(number, 0o600), os.fchown(number, -1, os.getgid()), os.fstatvfs(number), os.fpathconf(number, "PC_NAME_MAX")
        os.getxattr(number, "user.none") if "user.none" in os.listxattr(number) else None
        with open(os.path.join(folder, "b"), "w+b") as other:
            if hasattr(os, "copy_file_range"):
                os.copy_file_range(number, other.fileno(), 2, 0, 0)
        folder_number = os.open(folder, os.O_RDONLY)
        os.link("a", "c", src_dir_fd=folder_number, dst_dir_fd=folder_number), os.symlink("a", "d", dir_fd=folder_number)
        os.readlink("d", dir_fd=folder_number), os.rename("c", "e", src_dir_fd=folder_number, dst_dir_fd=folder_number)
        os.chmod("a", 0o600, dir_fd=folder_number), os.chown("d", -1, -1, dir_fd=folder_number, follow_symlinks=False)
        os.lchown(os.path.join(folder, "d"), -1, os.getgid()), os.access("a", os.R_OK, dir_fd=folder_number, effective_ids=True)
        os.utime("a", dir_fd=folder_number), os.mkfifo(os.path.join(folder, "f")), os.mkfifo("g", dir_fd=folder_number)
        os.replace(os.path.join(folder, "a"), os.path.join(folder, "h")), os.close(folder_number)
        os.get_inheritable(number), os.set_inheritable(number, True), os.isatty(number), os.closerange(200, 210)
        socket.socketpair()[0].settimeout(0.1)


def timers():
    import faulthandler, os, select, signal, threading, time

    signal.signal(signal.SIGALRM, lambda *_: None), signal.setitimer(signal.ITIMER_REAL, 0.05), signal.pause()
    left, right = os.pipe()
    os.set_blocking(right, False), signal.set_wakeup_fd(signal.set_wakeup_fd(right))
    faulthandler.dump_traceback_later(60), faulthandler.cancel_dump_traceback_later(), threading.Timer(0.01, int).start()
    time.perf_counter(), time.gmtime(), time.localtime(), time.tzset(), time.clock_gettime(time.CLOCK_REALTIME)
    time.clock_gettime(time.pthread_getcpuclockid(threading.get_ident()))
    if hasattr(os, "eventfd"):
        event = os.eventfd(1)
        os.eventfd_read(event), os.close(event)
    if hasattr(os, "timerfd_create"):
        timer = os.timerfd_create(time.CLOCK_MONOTONIC)
        os.timerfd_settime(timer, initial=0.01), select.select([timer], [], []), os.timerfd_gettime(timer), os.close(timer)


def scheduling():
    import os, resource, signal

    os.sched_get_priority_min(os.SCHED_OTHER), os.sched_get_priority_max(os.SCHED_OTHER), os.sched_getparam(0)
    os.sched_rr_get_interval(0), os.setpriority(os.PRIO_PROCESS, 0, 0), os.cpu_count(), os.getloadavg(), os.getpgrp()
    resource.prlimit(0, resource.RLIMIT_CORE), resource.getpagesize(), os.sysconf("SC_PHYS_PAGES"), os.getrandom(8)
    child = os.fork()
    if child == 0:
        signal.pause()
    os.setpgid(child, child)
    if hasattr(os, "pidfd_open"):
        handle = os.pidfd_open(child)
        signal.pidfd_send_signal(handle, signal.SIGKILL), os.close(handle)
    else:
        os.kill(child, signal.SIGKILL)
    os.wait3(0)


def memory():
    import gc, mmap, tracemalloc

    tracemalloc.start(), gc.collect(), tracemalloc.stop()
    area = mmap.mmap(-1, 1 << 16)
    area.write(b"x"), area.resize(1 << 17), area.madvise(mmap.MADV_DONTNEED), area.close()
    grown = bytearray(1 << 20)
    for _ in range(6):
        grown += bytes(len(grown))


def threads():
    import concurrent.futures, queue, threading, time

    workers = [threading.Thread(target=time.sleep, args=(0.01,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(len, ["a", "b"]))
    try:
        queue.Queue().get(timeout=0.01)
    except queue.Empty:
        pass


def signals():
    import signal, time

    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.01), time.sleep(0.03), signal.getitimer(signal.ITIMER_REAL), signal.alarm(0)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1]), signal.raise_signal(signal.SIGUSR1), signal.sigpending()
    signal.sigtimedwait([signal.SIGUSR1], 1), signal.siginterrupt(signal.SIGALRM, False)


def sockets():
    import array, os, select, selectors, socket

    left, right = socket.socketpair()
    left.send(b"x"), right.recv(1), left.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    descriptors = socket.SCM_RIGHTS, array.array("i", [0])
    left.sendmsg([b"y"], [(socket.SOL_SOCKET, *descriptors)]), right.recvmsg(1, socket.CMSG_LEN(4))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\0brigbox-%d" % os.getpid()), listener.listen(), listener.getsockname()
    client = socket.socket(socket.AF_UNIX)
    client.connect("\0brigbox-%d" % os.getpid()), listener.accept()[0].close(), client.shutdown(socket.SHUT_RDWR)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    select.select([], [], [], 0), select.poll().poll(0), selectors.DefaultSelector().select(0)
    poll = select.epoll()
    poll.register(left), poll.poll(0), poll.close()


def event_loop():
    import asyncio

    async def main():
        await asyncio.gather(*[asyncio.sleep(0.01) for _ in range(3)])
        await asyncio.get_running_loop().run_in_executor(None, len, "abc")
        process = await asyncio.create_subprocess_exec("/bin/true")
        await process.wait()

    asyncio.run(main())


def double(number):
    return number * 2


def many_processes():
    import multiprocessing, os

    context = multiprocessing.get_context("fork")
    with context.Pool(2) as pool:
        assert pool.map(double, [1, 2]) == [2, 4]
    # The other ways start a Python anew, which finds functions of the standard library, but not this program, which need not be a file.
    sys.modules["__main__"].__dict__.pop("__file__", None)
    for way in ("spawn", "forkserver"):
        worker = multiprocessing.get_context(way).Process(target=os.getpid)
        worker.start(), worker.join()
        assert worker.exitcode == 0, way
    queue, event = context.Queue(), context.Event()
    queue.put(1), queue.get(), event.set()
    if sys.version_info >= (3, 8):
        from multiprocessing import shared_memory

        memory = shared_memory.SharedMemory(create=True, size=4096)
        memory.buf[0] = 1
        memory.close(), memory.unlink()


def numbers():
    import numpy

    square = numpy.random.default_rng(1).normal(size=(600, 600))
    numpy.linalg.svd(square), numpy.linalg.eig(square[:100, :100]), square @ square, numpy.fft.fft(square)
    numpy.save(FOLDER + "/array.npy", square), numpy.load(FOLDER + "/array.npy", mmap_mode="r").sum()
    numpy.random.seed(), numpy.random.rand(3), numpy.sort(square, axis=None), numpy.linalg.lstsq(square, square, rcond=None)


def frames():
    import numpy, pandas

    index = pandas.date_range("2020-01-01", periods=2000, freq="h", tz="Europe/Berlin")
    frame = pandas.DataFrame({"a": numpy.arange(2000.0), "b": ["x", "y"] * 1000}, index=index)
    frame.groupby("b").a.rolling(10).mean(), frame.a.resample("D").sum(), frame.merge(frame, on="a"), frame.describe()
    frame.to_csv(FOLDER + "/frame.csv"), pandas.read_csv(FOLDER + "/frame.csv", memory_map=True)
    frame.reset_index(drop=True).to_json(FOLDER + "/frame.json"), frame.to_pickle(FOLDER + "/frame.pkl.gz")
    pandas.read_pickle(FOLDER + "/frame.pkl.gz")
    try:
        frame.to_parquet(FOLDER + "/frame.parquet"), pandas.read_parquet(FOLDER + "/frame.parquet")
    except ImportError:
        pass  # needs pyarrow or fastparquet
    frame.a.ewm(span=5).mean(), frame.pivot_table(index="b", values="a"), frame.eval("a * 2"), frame.query("a > 5")


def standard_library():
    try:
        import zoneinfo
    except ImportError:
        pass  # Python 3.8
    else:
        next(iter(zoneinfo.available_timezones()), None)
    import ctypes, datetime, decimal, getpass, hashlib, json, locale, logging, platform, random, secrets, shelve, statistics, uuid

    uuid.uuid4(), uuid.uuid1(), secrets.token_hex(), random.random(), platform.platform(), locale.setlocale(locale.LC_ALL, "C")
    hashlib.sha256(b"x").hexdigest(), hashlib.scrypt(b"x", salt=b"y", n=2, r=1, p=1), datetime.datetime.now().astimezone()
    ctypes.CDLL(None).getpid(), logging.getLogger().warning("a warning of a work load"), json.dumps({})


def attempt(work):
    try:
        work()
        return "ok"
    except ImportError as error:
        return "left out: %s" % error
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


WORK = [
    files, descriptors, database, processes, scheduling, memory, threads, signals, timers, sockets, event_loop, many_processes,
    numbers, frames, standard_library,
]
result = {work.__name__: attempt(work) for work in WORK}
if __name__ == "__main__":
    print(result)
