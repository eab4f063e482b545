"""docker-py as a side of the benchmark: what serve.ts does for clients in JavaScript. Needs Debian's python3-docker."""

import json
import resource
import sys
import threading
import time

import docker


def attach(client, job, take):
    container = client.containers.get(job["id"])
    stream = container.attach(stream=True, stdout=True, stderr=True, logs=False, demux=True)
    container.start()
    for pair in stream:
        for chunk in pair:
            if chunk:
                take(chunk)


def logs(client, job, take, follow=False):
    # Its logs come without their streams: it has no demux there.
    for chunk in client.api.logs(job["id"], stream=True, follow=follow, stdout=True, stderr=True):
        take(chunk)


def call_often(call, job):
    left = iter(range(job["count"]))
    lock = threading.Lock()

    def caller():
        while True:
            with lock:
                if next(left, None) is None:
                    return
            call()

    started = time.perf_counter()
    if job["atATime"] == 1:
        for _ in range(job["count"]):
            call()
    else:
        in_threads(caller, job["atATime"])
    return {"ms": (time.perf_counter() - started) * 1000, "bytes": 0, "lines": 0}


def in_threads(work, count):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def read_whole(read):
    seen = {"bytes": 0, "first": 0.0}

    def take(chunk):
        if seen["bytes"] == 0:
            seen["first"] = time.perf_counter()
        seen["bytes"] += len(chunk)

    read(take)
    return {"ms": (time.perf_counter() - seen["first"]) * 1000, "bytes": seen["bytes"], "lines": 0}


def follow_often(job):
    results = []

    def follow():
        # A client each: its sessions are not made for use by several threads.
        client = docker.from_env()
        seen = [0, 0]

        def take(chunk):
            seen[0] += len(chunk)
            seen[1] += chunk.count(b"\n")

        logs(client, job, take, follow=True)
        client.close()
        results.append(seen)

    started = time.perf_counter()
    in_threads(follow, job["streams"])
    return {
        "ms": (time.perf_counter() - started) * 1000,
        "bytes": sum(seen[0] for seen in results),
        "lines": sum(seen[1] for seen in results),
    }


def perform(client, job):
    kind = job["job"]
    if kind == "ping":
        return call_often(client.ping, job)
    if kind == "list":
        return call_often(lambda: client.api.containers(all=True), job)
    if kind == "attach":
        return read_whole(lambda take: attach(client, job, take))
    if kind == "logs":
        return read_whole(lambda take: logs(client, job, take))
    return follow_often(job)


def cpu_ms():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000


def main():
    client = docker.from_env()
    print("ready", flush=True)
    for line in sys.stdin:
        before = cpu_ms()
        result = perform(client, json.loads(line))
        print(json.dumps({**result, "cpuMs": cpu_ms() - before}), flush=True)


main()
