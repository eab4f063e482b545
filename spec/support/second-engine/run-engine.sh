#!/usr/bin/env bash
# The first process in the second Engine's namespaces: mounts what the daemon needs below its folder, runs it there, and buries its orphans.
set -euo pipefail
root=$1 data=$2
# The root must be a mount point, or the daemon cannot unpack images; its data must not lie on that one mount.
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount --bind "$data" "$root/var/lib/docker"
chroot "$root" ip link set lo up
# Nothing of the surroundings, such as a proxy for the network, is its own.
env --ignore-environment "PATH=$PATH" chroot "$root" dockerd --host unix:///run/engine/docker.sock --pidfile /run/engine/docker.pid --exec-root /run/engine/exec \
  --bridge none --iptables=false --ip6tables=false --ip-masq=false &
daemon=$!
trap 'kill "$daemon"' TERM INT
until wait "$daemon" || ! kill -0 "$daemon" 2> /dev/null; do :; done
