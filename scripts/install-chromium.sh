#!/bin/sh
# Installs Chromium where that is allowed without a question; otherwise says the one command to run.
set -u
for browser in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$browser" >/dev/null && exit 0
done
if command -v apt-get >/dev/null; then install="apt-get install -y chromium"
elif command -v dnf >/dev/null; then install="dnf install -y chromium"
elif command -v pacman >/dev/null; then install="pacman -S --noconfirm chromium"
else
    echo "Chromium is missing, so no PDF can be made: install it, or Chrome, with your system's package manager." >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then run=""
elif sudo -n true 2>/dev/null; then run="sudo -n"
else
    echo "Chromium is missing, so no PDF can be made. Run this once, then try again:  sudo $install" >&2
    exit 1
fi
echo "Installing Chromium, which prints the PDFs ..."
case "$install" in apt-get*) $run apt-get update -qq >/dev/null 2>&1 ;; esac
$run env DEBIAN_FRONTEND=noninteractive $install >/dev/null 2>&1
for browser in chromium chromium-browser; do
    command -v "$browser" >/dev/null && exit 0
done
echo "Installing Chromium failed. Run this once, then try again:  $run $install" >&2
exit 1
