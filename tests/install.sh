#!/usr/bin/env bash
# Installs the real programs that the end-to-end tests drive, from Debian's own packages.
# Does nothing when all are present. Needs root only when something is missing.
set -euo pipefail

packages=(
  # Container registry and its clients.
  docker-registry skopeo buildah podman
  # Proxies in front of git, and git's own HTTP server side.
  nginx-light caddy haproxy fcgiwrap git git-lfs
  # GitLab API client, library and command line.
  python3 python3-gitlab
  # A wall clock that can be set for one process.
  libfaketime
  # tests/run.sh looks for processes left behind.
  procps
)

is_installed() {
  [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

# Any nginx package has the modules that are needed; do not replace one that is there.
has_package() {
  is_installed "$1" || { [[ "$1" == nginx-light ]] && command -v nginx >/dev/null; }
}

missing=()
for package in "${packages[@]}"; do
  has_package "$package" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

echo "Installing: ${missing[*]}"
if ((EUID != 0)); then
  echo "tests/install.sh: run as root to install: ${missing[*]}" >&2
  exit 1
fi

# Debian starts a service as its package is installed, on a fixed port. The tests start their own,
# on free ports, so starting is refused for as long as the installation takes (see invoke-rc.d(8)).
policy=/usr/sbin/policy-rc.d
if [[ ! -e "$policy" ]]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { apt-get update && apt-get install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
  tail -n 40 "$log" >&2
  rm -f "$log"
  exit 1
fi
rm -f "$log"

# Nothing of it shall come up at the next boot either.
if command -v systemctl >/dev/null; then
  for unit in docker-registry nginx caddy haproxy fcgiwrap.service fcgiwrap.socket podman.service podman.socket; do
    systemctl disable "$unit" >/dev/null 2>&1 || true
  done
fi
