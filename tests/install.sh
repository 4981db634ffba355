#!/usr/bin/env bash
# Installs the real programs that the end-to-end tests drive: from Debian's own packages, and from the npm registry what
# tests/EndToEnd.Tests/Npm pins. Does nothing when all are present. Needs root only when a Debian package is missing.
#
#   tests/install.sh                 for the tests
#   tests/install.sh --benchmarks    and what tests/Benchmarks compares with
set -euo pipefail

case "$*" in
  '') benchmarks=false ;;
  --benchmarks) benchmarks=true ;;
  *)
    echo "Usage: tests/install.sh [--benchmarks]" >&2
    exit 2
    ;;
esac

packages=(
  # Container registry and its clients.
  docker-registry skopeo buildah podman
  # Proxies in front of git, and git's own HTTP server side.
  nginx-light caddy haproxy fcgiwrap git git-lfs
  # GitLab API client, library and command line.
  python3 python3-gitlab
  # Clients of package registries, and what Maven needs to fetch an artifact without Maven Central.
  curl twine python3-pip maven libmaven-deploy-plugin-java libmaven-dependency-plugin-java junit4
  # For what comes from the npm registry, see below.
  nodejs npm
  # Where the client library can look gateways up; what the benchmarks compare with keeps its data there.
  postgresql
  # A wall clock that can be set for one process.
  libfaketime
  # tests/run.sh looks for processes left behind.
  procps
)

is_installed() {
  [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

# Any nginx package has the modules that are needed, and any Node.js brings npm; do not replace one that is there.
has_package() {
  is_installed "$1" && return
  case "$1" in
    nginx-light) command -v nginx >/dev/null ;;
    nodejs) command -v node >/dev/null ;;
    npm) command -v npm >/dev/null ;;
    postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ;;
    *) false ;;
  esac
}

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    has_package "$package" || echo "$package"
  done
}

install_packages() {
  echo "Installing: $*"
  if ((EUID != 0)); then
    echo "tests/install.sh: run as root to install: $*" >&2
    exit 1
  fi

  # Debian starts a service as its package is installed, on a fixed port. The tests start their own,
  # on free ports, so starting is refused for as long as the installation takes (see invoke-rc.d(8)).
  local log policy=/usr/sbin/policy-rc.d
  if [[ ! -e "$policy" ]]; then
    # shellcheck disable=SC2064 # the name is local
    trap "rm -f $policy" EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi

  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  if ! { apt-get update && apt-get install --yes --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"

  # Nothing of it shall come up at the next boot either.
  if command -v systemctl >/dev/null; then
    for unit in docker-registry nginx caddy haproxy fcgiwrap.service fcgiwrap.socket podman.service podman.socket \
      postgresql; do
      systemctl disable "$unit" >/dev/null 2>&1 || true
    done
  fi
}

# `npm ci` takes exactly what package-lock.json says, and starts with removing what is there: once is enough.
install_node_modules() {
  local folder stamp log
  folder=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/$1" && pwd)
  stamp="$folder/node_modules/.installed-from"
  if cmp --silent "$folder/package-lock.json" "$stamp"; then
    return
  fi
  echo "Installing: packages of the npm registry"
  log=$(mktemp)
  if ! (cd -- "$folder" && npm ci) >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
  cp -- "$folder/package-lock.json" "$stamp"
}

mapfile -t missing < <(missing_packages)
if ((${#missing[@]} > 0)); then
  install_packages "${missing[@]}"
fi
install_node_modules EndToEnd.Tests/Npm
if "$benchmarks"; then
  install_node_modules Benchmarks/Compared/OidcProvider
fi
