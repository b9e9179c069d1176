#!/bin/bash
# Runs in the rig's guest, where systemd is PID 1: installs the units, starts them, and hurts them. /rig/root holds an
# installation that was made outside. Prints a line for each thing that held; the test outside reads them.
set -u
systemd=$1
said() { echo "[$(cut -d. -f1 /proc/uptime) s] $*"; }
within() { for _ in $(seq "$1"); do eval "$2" && return 0; sleep 2; done; return 1; }
restarts() { systemctl show --property=NRestarts --value "$1"; }
runs() { systemctl is-active --quiet "$1"; }
held() { if within 300 "$2"; then said "held: $1"; else said "FAILED: $1"; journalctl --no-pager -o cat -n 40; fi; }

mkdir -p /opt/kiosk /etc/kiosk /etc/sysusers.d /etc/tmpfiles.d
mount --bind /rig/root/opt/kiosk /opt/kiosk
cp "$systemd"/*.service "$systemd"/*.timer /etc/systemd/system/
cp "$systemd/kiosk.sysusers" /etc/sysusers.d/kiosk.conf
cp "$systemd/kiosk.tmpfiles" /etc/tmpfiles.d/kiosk.conf
cp /rig/root/etc/kiosk/kiosk.toml /etc/kiosk/
printf 'KIOSK_URL=http://127.0.0.1:8000\nKIOSK_SCREEN=front\n' > /etc/kiosk/browser.env
for unit in kiosk-server kiosk-browser; do  # software emulation takes its time; there is no graphics card
  mkdir -p "/etc/systemd/system/$unit.service.d"
  printf '[Service]\nTimeoutStartSec=900\nEnvironment=WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=pixman\n' \
    > "/etc/systemd/system/$unit.service.d/rig.conf"
done
systemd-sysusers kiosk.conf && systemd-tmpfiles --create kiosk.conf
cp -r /rig/root/var/lib/kiosk/. /var/lib/kiosk/ && chown -R kiosk:kiosk /var/lib/kiosk
systemctl daemon-reload

systemctl start --no-block kiosk-server
held "the server is ready" "runs kiosk-server"
systemctl start --no-block kiosk-devices
held "the device host is ready" "runs kiosk-devices"
systemctl kill --signal=KILL --kill-whom=main kiosk-server
held "a killed server comes back" '[ "$(restarts kiosk-server)" -ge 1 ] && runs kiosk-server'
systemctl kill --signal=STOP kiosk-devices
held "a device host that hangs is started anew" '[ "$(restarts kiosk-devices)" -ge 1 ] && runs kiosk-devices'
systemctl kill --signal=STOP kiosk-server
held "a server that hangs is started anew" '[ "$(restarts kiosk-server)" -ge 2 ] && runs kiosk-server'
for unit in kiosk-server kiosk-devices; do
  journalctl --no-pager -o cat -u $unit | grep -q "Watchdog timeout" && said "held: $unit was ended by its watchdog"
done
systemctl start kiosk-backup kiosk-purge && said "held: backup and purge end well"
[ -s /var/lib/kiosk/backup/kiosk.db ] && said "held: the backup is there"
