#!/bin/sh
# Installs bubblewrap where that is allowed without a question; otherwise says the one command to run.
set -u
if command -v apt-get >/dev/null; then install="apt-get install -y bubblewrap"
elif command -v dnf >/dev/null; then install="dnf install -y bubblewrap"
elif command -v pacman >/dev/null; then install="pacman -S --noconfirm bubblewrap"
else
    echo "bubblewrap is missing: install it with your system's package manager (it runs on Linux only)." >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then run=""
elif sudo -n true 2>/dev/null; then run="sudo -n"
else
    echo "bubblewrap is missing. Run this once, then try again:  sudo $install" >&2
    exit 1
fi
case "$install" in apt-get*) $run apt-get update -qq >/dev/null 2>&1 ;; esac
$run $install >/dev/null 2>&1 && command -v bwrap >/dev/null && exit 0
echo "Installing bubblewrap failed. Run this once, then try again:  $run $install" >&2
exit 1
