#!/usr/bin/env bash
# A second Engine for specs, of a later release than the machine's own, beside it and on the same kernel: Debian's, in a folder.
# Its processes, mounts and networks are in namespaces of their own, so that they trouble nobody, and end with it, however it ends.
#   second-engine.sh start    makes the folder unless it is there, starts the Engine, gives it the image, and prints its address
#   second-engine.sh beside COMMAND...    runs a command of this machine in the Engine's network, where both have the same loopback
#   second-engine.sh stop     ends it and all that it ran; the folder stays for the next time
# Needs root on Debian and its packages. The first time takes a minute or two.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=${BRIGBOX_SECOND_HOME:-/var/lib/brigbox-second-engine}
root=$home/root
socket=$root/run/engine/docker.sock
image=brigbox/python:3
release=trixie

# The address alone goes to the standard output, whatever programs say.
exec 3>&1 1>&2

say() { echo "second-engine: $*" >&2; }

answers() { curl --silent --fail --max-time 3 --unix-socket "$socket" http://engine/_ping > /dev/null; }

mirror() {
  { awk '$1 == "URIs:" { print $2 }' /etc/apt/sources.list.d/*.sources
    awk '$1 == "deb" { print $2 }' /etc/apt/sources.list; } 2> /dev/null | head -n 1
}

# A folder that was begun and not finished is made anew.
make_root() {
  say "making the Engine's folder in $home"
  mkdir -p "$home"
  rm -rf --one-file-system "$root.new"
  apt-get update > /dev/null
  apt-get --option DPkg::Lock::Timeout=120 install --yes --no-install-recommends curl debootstrap > /dev/null
  debootstrap --variant=minbase --include=docker.io,iptables,iproute2,procps,ca-certificates "$release" "$root.new" "$(mirror)" > /dev/null
  rm -rf "$root.new"/var/cache/apt/archives/*.deb "$root.new"/var/lib/apt/lists/*
  mv "$root.new" "$root"
}

boot() {
  mkdir -p "$root/run/engine" "$root/var/lib/docker" "$home/data"
  rm -rf "${root:?}"/run/engine/*
  setsid unshare --mount --net --pid --fork --kill-child --propagation private "$here/run-engine.sh" "$root" "$home/data" \
    > "$home/log" 2>&1 < /dev/null 3>&- &
  echo $! > "$home/pid"
  for _ in $(seq 120); do
    answers && return
    sleep 0.5
  done
  tail -n 20 "$home/log" >&2
  say "the Engine does not answer"
  exit 1
}

give_image() {
  curl --silent --fail --unix-socket "$socket" "http://engine/images/${image/\//%2F}/json" > /dev/null && return
  say "giving it the image"
  docker --host unix:///var/run/docker.sock save "$image" | docker --host "unix://$socket" load > /dev/null
}

# A number may have been given to another process meanwhile.
runs() { [ -f "$home/pid" ] && grep --quiet run-engine.sh "/proc/$(cat "$home/pid")/cmdline" 2> /dev/null; }

# The first process of the namespaces stops the daemon; when it is gone, so is all that was in them.
stop() {
  local inner
  runs || return 0
  inner=$(tr -d ' ' < "/proc/$(cat "$home/pid")/task/$(cat "$home/pid")/children")
  kill "$inner"
  for _ in $(seq 40); do
    runs || break
    sleep 0.5
  done
  if runs; then kill -KILL "$inner"; fi
}

case ${1:-} in
  start)
    if ! command -v curl > /dev/null || ! answers; then
      stop
      [ -d "$root" ] || make_root
      boot
    fi
    give_image
    echo "unix://$socket" >&3
    ;;
  beside)
    runs || { say "the Engine does not run"; exit 1; }
    exec nsenter --target "$(cat "$home/pid")" --net -- "${@:2}" 1>&3 3>&-
    ;;
  stop)
    stop
    ;;
  *)
    sed -n '2,7p' "$0" >&2
    exit 2
    ;;
esac
