#!/usr/bin/env bash
# The first process in the second Engine's namespaces: makes its folder their root, runs the daemon there, and buries its orphans.
set -euo pipefail
root=$1 data=$2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
# The data must not lie on the bind mount of the root, or the daemon cannot unpack images.
mount --bind "$data" "$root/var/lib/docker"
# A changed root (chroot) would not do: who enters a container's namespace, as exec does, would stand in the root of this machine.
mkdir -p "$root/mnt/machine"
cd "$root"
pivot_root . mnt/machine
cd /
umount --lazy /mnt/machine
hash -r
ip link set lo up
# Nothing of the surroundings, such as a proxy for the network, is its own; its control groups are no others' either.
env --ignore-environment "PATH=$PATH" dockerd --host unix:///run/engine/docker.sock --pidfile /run/engine/docker.pid \
  --exec-root /run/engine/exec --bridge none --iptables=false --ip6tables=false --ip-masq=false --cgroup-parent /second-engine &
daemon=$!
trap 'kill "$daemon"' TERM INT
until wait "$daemon" || ! kill -0 "$daemon" 2> /dev/null; do :; done
