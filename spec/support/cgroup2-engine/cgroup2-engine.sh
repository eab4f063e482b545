#!/usr/bin/env bash
# A second Engine for specs, as most users have it: on cgroup v2, with swap, from a later Debian, and in another machine than the specs run on.
# The machine is emulated, so that it needs nothing of this one's processor and kernel; its Engine is reached by tcp on loopback.
#   cgroup2-engine.sh start    makes the machine unless it is there, boots it, gives it the image, and prints the address of its Engine
#   cgroup2-engine.sh stop     ends it; its disk stays for the next time
# Needs root on Debian and its packages. The first time takes a few minutes, for the image goes through the emulated processor.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=${BRIGBOX_CGROUP2_HOME:-/var/lib/brigbox-cgroup2-engine}
port=${BRIGBOX_CGROUP2_PORT:-23751}
image=brigbox/python:3
release=trixie

# The address alone goes to the standard output, whatever programs say.
exec 3>&1 1>&2

say() { echo "cgroup2-engine: $*" >&2; }

answers() { curl --silent --fail --max-time 3 "http://127.0.0.1:$port/_ping" > /dev/null; }

mirror() {
  { awk '$1 == "URIs:" { print $2 }' /etc/apt/sources.list.d/*.sources
    awk '$1 == "deb" { print $2 }' /etc/apt/sources.list; } 2> /dev/null | head -n 1
}

# The kernel of this machine's own release, unpacked beside it and not installed.
fetch_kernel() {
  local package
  package=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image/ { print $2; exit }')
  (cd "$home" && apt-get download "$package" && dpkg-deb --extract "$package"_*.deb kernel && rm -f "$package"_*.deb) > /dev/null
  echo "${package#linux-image-}"
}

# What the kernel needs before it can see the disk: a shell, and the drivers in the order in which they need each other.
make_ramdisk() {
  local folder=$home/ramdisk driver
  rm -rf "$folder" && mkdir -p "$folder"/{bin,dev,drivers,proc,root}
  cp /bin/busybox "$folder/bin/"
  install -m 755 "$here/ramdisk-init.sh" "$folder/init"
  for driver in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk; do
    find "$home/kernel/lib/modules" -name "$driver.ko" -exec cp {} "$folder/drivers/" \;
  done
  (cd "$folder" && find . | cpio --quiet --create --format=newc | gzip -1 > "$home/ramdisk.gz")
  rm -rf "$folder"
}

make_machine() {
  local root=$home/root kernel
  say "making the machine in $home"
  mkdir -p "$home"
  rm -rf --one-file-system "$root"
  apt-get update > /dev/null
  apt-get install --yes --no-install-recommends curl debootstrap qemu-system-x86 e2fsprogs busybox-static cpio > /dev/null
  debootstrap --variant=minbase --include=docker.io,iptables,iproute2,kmod "$release" "$root" "$(mirror)" > /dev/null
  kernel=$(fetch_kernel)
  mkdir -p "$root/usr/lib/modules"
  cp -a "$home/kernel/lib/modules/$kernel" "$root/usr/lib/modules/"
  chroot "$root" depmod "$kernel"
  install -m 755 "$here/machine-init.sh" "$root/init"
  make_ramdisk
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/run/*
  fallocate --length 512M "$home/swap.img"
  chmod 600 "$home/swap.img"
  mkswap "$home/swap.img" > /dev/null
  mke2fs -q -t ext4 -d "$root" "$home/disk.new" 6G
  rm -rf --one-file-system "$root"
  mv "$home/disk.new" "$home/disk.img"
}

boot() {
  local disk="format=raw,if=virtio,cache=unsafe"
  setsid qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 4096 -nographic -no-reboot \
    -kernel "$home"/kernel/boot/vmlinuz-* -initrd "$home/ramdisk.gz" -append "console=ttyS0 panic=-1 quiet" \
    -drive "file=$home/disk.img,$disk" -drive "file=$home/swap.img,$disk" \
    -netdev "user,id=net,hostfwd=tcp:127.0.0.1:$port-:2375" -device virtio-net-pci,netdev=net \
    > "$home/console.log" 2>&1 < /dev/null 3>&- &
  echo $! > "$home/pid"
  for _ in $(seq 120); do
    answers && return
    sleep 1
  done
  tail -n 20 "$home/console.log" >&2
  say "the Engine in the machine does not answer"
  exit 1
}

give_image() {
  curl --silent --fail "http://127.0.0.1:$port/images/${image/\//%2F}/json" > /dev/null && return
  say "giving it the image"
  docker --host unix:///var/run/docker.sock save "$image" | docker --host "tcp://127.0.0.1:$port" load > /dev/null
}

case ${1:-} in
  start)
    if ! command -v curl > /dev/null || ! answers; then
      [ -f "$home/disk.img" ] || make_machine
      boot
    fi
    give_image
    echo "tcp://127.0.0.1:$port" >&3
    ;;
  stop)
    [ -f "$home/pid" ] && kill "$(cat "$home/pid")" && rm -f "$home/pid"
    ;;
  *)
    sed -n '2,6p' "$0" >&2
    exit 2
    ;;
esac
