/**
 * Kernel names of common programs that are never an agent, a launcher, an MCP server or a shell. A scan leaves
 * their command lines unread until one of them turns out to be helpers: reading those is a third of its cost
 * (docs/performance.md). A name that is missing here costs time, nothing else; so no interpreter, no shell, no
 * loader and no multi-call binary may stand here. Names are cut at 15 bytes, as the kernel does.
 */
export const NEVER_AGENTS: ReadonlySet<string> = new Set(
  `
  sleep|cat|tail|head|tee|sort|uniq|wc|cut|tr|yes|dd|cp|mv|rm|ls|find|grep|sed|less|more|man|top|htop|ps|pgrep
  ssh-agent|gpg-agent|(sd-pam)|systemd-journal|systemd-logind|systemd-udevd|systemd-resolve|systemd-network
  systemd-timesyn|systemd-oomd|systemd-userdbd|systemd-userwor|systemd-machine|agetty|login|sshd|sshd-session
  cron|crond|atd|rsyslogd|dbus-daemon|dbus-broker|dbus-broker-lau|polkitd|udisksd|upowerd|accounts-daemon
  rtkit-daemon|chronyd|ntpd|NetworkManager|wpa_supplicant|dhclient|dnsmasq|avahi-daemon|cupsd|bluetoothd|snapd
  packagekitd|fwupd|ModemManager|irqbalance|acpid|auditd|multipathd|thermald
  Xorg|Xwayland|gnome-shell|gnome-session-b|gdm3|gdm-session-wor|gsd-power|gsd-color|gvfsd|gvfsd-fuse
  gvfsd-metadata|goa-daemon|ibus-daemon|ibus-x11|pipewire|pipewire-pulse|wireplumber|pulseaudio|xdg-document-po
  xdg-desktop-por|xdg-permission-|tracker-miner-f|at-spi-bus-laun|at-spi2-registr|dconf-service|plasmashell
  kwin_x11|kwin_wayland|kded5|chrome|chrome_crashpad|chromium|firefox|firefox-bin|Web Content|Isolated Web Co
  RDD Process|WebExtensions|Socket Process|Privileged Cont|Utility Process|brave|msedge|opera
  containerd|containerd-shim|dockerd|docker-proxy|conmon|runc|kubelet|pause|nginx|apache2|httpd|haproxy|caddy
  postgres|mysqld|mariadbd|redis-server|memcached|mongod|rabbitmq-server|php-fpm|master|pickup|qmgr|exim4|smbd
  nmbd|rpcbind`
    .split(/[|\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== ''),
);
