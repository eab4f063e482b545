#!/bin/sh
# The emulated machine's init: what a distribution's would do for an Engine on cgroup v2, and no more.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mountpoint -q /dev || mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts pts /dev/pts
for folder in /dev/shm /run /tmp; do mount -t tmpfs tmpfs "$folder"; done
for driver in virtio_net overlay ip_tables; do modprobe -q "$driver"; done

# Controllers can be handed on only by a group that has no processes of its own.
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir /sys/fs/cgroup/init
while read -r process; do
  echo "$process" > /sys/fs/cgroup/init/cgroup.procs
done < /sys/fs/cgroup/cgroup.procs 2> /dev/null
for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
  echo "+$controller" > /sys/fs/cgroup/cgroup.subtree_control
done

swapon /dev/vdb
ip link set lo up
for link in /sys/class/net/e*; do
  name=${link##*/}
  ip link set "$name" up
  ip address add 10.0.2.15/24 dev "$name"
  ip route add default via 10.0.2.2
done

rm -f /var/run/docker.pid
# Only the host's loopback leads here.
dockerd --host unix:///run/docker.sock --host tcp://0.0.0.0:2375 --tls=false --bridge none --iptables=false --ip6tables=false \
  > /var/log/dockerd.log 2>&1 &
while :; do sleep 3600; done
