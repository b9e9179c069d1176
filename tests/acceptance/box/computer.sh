#!/bin/bash
# A computer of its own, made of namespaces: this machine's root under a scratch layer that forgets everything, systemd as
# the first process, no network. Runs a command in it as a service, and ends with it: computer.sh FOLDER CHECKOUT WORDS...
# FOLDER is /rig in it; what the command says goes to FOLDER/said. Needs root.
set -eu
folder=$1 checkout=$2; shift 2

if [ $$ != 1 ]; then
  # systemd keeps its groups of processes below a group that is ours, and sees no other.
  groups=()
  for group in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
    [ ! -e $group/cgroup.procs ] || groups+=($group/kiosk-computer)
  done
  mkdir -p "${groups[@]}"
  ended=0
  (
    for group in "${groups[@]}"; do echo $BASHPID > $group/cgroup.procs; done
    exec unshare --fork --kill-child --pid --mount --cgroup --net --uts --ipc "$0" "$folder" "$checkout" "$@"
  ) || ended=$?
  find "${groups[@]}" -depth -type d -exec rmdir {} +
  exit $ended
fi

mount --make-rprivate /
mount -t tmpfs layer /mnt && cd /mnt && mkdir upper work root checkout
mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root && cd root
mkdir -p rig && mount --bind "$folder" rig
mount -t proc proc proc && mount -t sysfs sysfs sys
if [ -d /sys/fs/cgroup/systemd ]; then
  mount -t tmpfs groups sys/fs/cgroup && mkdir sys/fs/cgroup/systemd sys/fs/cgroup/unified
  mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd && mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
else
  mount -t cgroup2 cgroup2 sys/fs/cgroup
fi
mount -t tmpfs dev dev && mkdir dev/pts dev/shm && mount -t tmpfs shm dev/shm
while read -r name major minor; do mknod -m 666 "dev/$name" c "$major" "$minor"; done <<< $'null 1 3\nzero 1 5\nfull 1 7\nrandom 1 8\nurandom 1 9\ntty 5 0'
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts && ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd && ln -s fd/0 dev/stdin && ln -s fd/1 dev/stdout && ln -s fd/2 dev/stderr
mount -t tmpfs run run
# A checkout may lie in /tmp, which is otherwise empty.
mount --rbind "$checkout" ../checkout && mount -t tmpfs tmp tmp
mkdir -p ".$checkout" && mount --rbind ../checkout ".$checkout"
ip link set lo up

# They would clear folders away that the command needs, or wait for what is not there.
for unit in systemd-tmpfiles-setup.service systemd-tmpfiles-clean.timer systemd-random-seed.service; do
  ln -sf /dev/null "etc/systemd/system/$unit"
done
cat > etc/systemd/system/command.service <<END
[Unit]
After=systemd-udevd.service dbus.service
SuccessAction=exit
FailureAction=exit
[Service]
Type=oneshot
WorkingDirectory=$checkout
Environment=HOME=/root LANG=C.UTF-8 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ExecStart=$@
StandardOutput=append:/rig/said
StandardError=append:/rig/said
END
cat > etc/systemd/system/command.target <<END
[Unit]
Requires=systemd-udevd.service dbus.socket systemd-journald.socket
Wants=command.service
AllowIsolate=yes
END
# Within a chroot nobody may make a namespace of users, as PrivateUsers= does: the root itself is changed.
mkdir -p mnt && pivot_root . mnt && cd / && umount -l /mnt
exec env -i container=kiosk /lib/systemd/systemd --unit=command.target --log-target=null
