"""docker-py as a contestant: for each line of stdin, which is a container's specification in JSON, creates, starts and awaits one until it
is removed, and answers with its exit code. Needs Debian's python3-docker."""

import json
import sys

import docker


def run_once(client, spec):
    container = client.api.create_container_from_config(spec)["Id"]
    client.api.start(container)
    return client.api.wait(container, condition="removed")["StatusCode"]


client = docker.from_env()
for line in sys.stdin:
    print(run_once(client, json.loads(line)), flush=True)
