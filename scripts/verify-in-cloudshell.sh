#!/usr/bin/env bash
# Runs `npm run verify:aws` in AWS CloudShell, which has credentials, a region, Node.js, git and the AWS CLI:
#
#   curl -fsSLO https://raw.githubusercontent.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver/main/scripts/verify-in-cloudshell.sh
#   bash verify-in-cloudshell.sh --only smoke
#
# Options are those of the command (docs/verify-aws.md), without --profile and --region. --clean-up removes what an earlier call left.
# It asks before it creates anything, and removes what it made: the clone, the stack, and the stack of `cdk bootstrap` if that was missing.
set -euo pipefail

REPOSITORY=${VERIFY_REPOSITORY:-https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver.git}
CDK='aws-cdk@2.1148.1'
BOOTSTRAP_STACK=CDKToolkit
# What must survive this shell: CloudShell keeps the home directory, and nothing else.
# https://docs.aws.amazon.com/cloudshell/latest/userguide/working-with-cloudshell.html
export VERIFY_JOURNAL=${VERIFY_JOURNAL:-$HOME/.archiver-verify}
export VERIFY_REPORTS=${VERIFY_REPORTS:-$PWD}
BOOTSTRAPPED=$VERIFY_JOURNAL/bootstrapped

fail() { echo "$1" >&2; exit 2; }

is_yes() { for argument in "$@"; do [ "$argument" = --yes ] && return 0; done; return 1; }

ask() {
  if [ "$yes" = true ]; then return 0; fi
  [ -t 0 ] || fail "$1 Nobody can be asked here: --yes says that it may."
  read -r -p "$1 Type yes: " answer
  [ "$answer" = yes ]
}

for program in node npm git aws; do
  command -v "$program" > /dev/null || fail "$program is missing. AWS CloudShell has it; elsewhere, install it and repeat."
done
node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' || fail "Node.js $(node --version) is too old: install version 20 or newer, and repeat."
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
[ -n "$region" ] || fail 'No region is set: type export AWS_REGION=eu-central-1, with the region that you mean, and repeat.'
account=$(aws sts get-caller-identity --query Account --output text --region "$region") || fail 'No credentials work here: the line above says why. In AWS CloudShell, open a new tab and repeat.'
yes=false
if is_yes "$@"; then yes=true; fi
mkdir -p "$VERIFY_JOURNAL"

# Ctrl-C goes to the verification, which destroys what it created. This shell waits for it.
trap : INT TERM HUP
work=$(mktemp -d)
export TMPDIR=$work
# The CDK keeps a cache in the home directory.
had_cache=false
if [ -e "$HOME/.cdk" ]; then had_cache=true; fi

remove_bootstrap() {
  echo "Removes the stack $BOOTSTRAP_STACK, which this script made."
  local bucket
  bucket=$(aws cloudformation describe-stack-resource --stack-name "$BOOTSTRAP_STACK" --logical-resource-id StagingBucket \
    --query StackResourceDetail.PhysicalResourceId --output text --region "$region") || return 1
  empty "$bucket" || return 1
  aws cloudformation delete-stack --stack-name "$BOOTSTRAP_STACK" --region "$region" || return 1
  aws cloudformation wait stack-delete-complete --stack-name "$BOOTSTRAP_STACK" --region "$region" || return 1
  # The stack keeps its bucket.
  aws s3api delete-bucket --bucket "$bucket" --region "$region" || return 1
  rm -f "$BOOTSTRAPPED"
}

empty() {
  local versions=$work/versions.json
  while aws s3api list-object-versions --bucket "$1" --max-items 500 --output json --region "$region" \
    --query '{Objects: [Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}}' > "$versions" && grep -q VersionId "$versions"; do
    aws s3api delete-objects --bucket "$1" --delete "file://$versions" --region "$region" > /dev/null || return 1
  done
}

is_left() { [ -n "$(find "$VERIFY_JOURNAL" -name journal.json -print -quit)" ]; }

finish() {
  local status=$?
  cd "$HOME"
  rm -rf "$work/clone"
  if [ "$had_cache" = false ]; then rm -rf "$HOME/.cdk"; fi
  if is_left; then
    echo "Something is left, and the report says what. To remove it: bash $0 --clean-up"
    [ "$status" -ne 0 ] || status=1
  elif [ -f "$BOOTSTRAPPED" ] && ! remove_bootstrap; then
    echo "The stack $BOOTSTRAP_STACK is still there. To try again: bash $0 --clean-up"
    status=1
  fi
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

echo "Account $account, region $region."
if ! aws cloudformation describe-stacks --stack-name "$BOOTSTRAP_STACK" --region "$region" > /dev/null 2>&1; then
  ask "The region has no stack $BOOTSTRAP_STACK, which the CDK needs: a bucket, a registry and five roles, free while they are empty. Create it, and remove it in the end?" \
    || fail 'Nothing was created.'
  date -u > "$BOOTSTRAPPED"
  (cd "$work" && npx --yes "$CDK" bootstrap "aws://$account/$region")
fi

# The home directory of CloudShell has 1 GB, so the clone and its dependencies are elsewhere.
git clone --quiet --depth 1 "$REPOSITORY" "$work/clone"
cd "$work/clone"
npm ci --no-audit --no-fund --loglevel=error
npx projen bundle
command=(node --import tsx test/aws/verify/main.ts)
if [ "${1:-}" = --clean-up ]; then
  "${command[@]}" "$@"
else
  "${command[@]}" --current-credentials --region "$region" "$@"
fi
