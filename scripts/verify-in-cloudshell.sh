#!/usr/bin/env bash
# Runs `npm run verify:aws` in AWS CloudShell, which has credentials, a region, Node.js, git and the
# AWS CLI. docs/verify-aws.md has the lines that download this file, check it, and run it.
#
# Options are those of the command, without those that say where: the shell says that. --clean-up
# removes what an earlier call left.
#
# In the account, this file only reads: who calls, and whether the CDK can deploy there. The command
# that it runs shows its plan and asks before it creates anything, and removes what it created. On
# this machine, this file removes what this call of it made, and nothing else.
set -euo pipefail

# After a release, `npm run verify:pin -- TAG` writes both. Until then, VERIFY_COMMIT says what runs.
TAG=''
COMMIT=''

CDK='aws-cdk@2.1148.1'
# What the CDK CLI asks for before it deploys a template of this version of the library.
# https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
BOOTSTRAP=/cdk-bootstrap/hnb659fds/version
BOOTSTRAP_VERSION=6

fail() {
  printf '%s\n' "$@" >&2
  exit 2
}

# --- What is needed, before anything is made.

[ -f "$0" ] || fail 'This has to be a file: docs/verify-aws.md has the lines that save it, check it, and run it.'
for program in node npm npx git aws sha256sum; do
  command -v "$program" > /dev/null || fail "$program is missing. AWS CloudShell has it; elsewhere, install it and repeat."
done
# Older ones have no zlib.crc32, and end or hang without a word.
node -e 'process.exit(typeof require("zlib").crc32 === "function" ? 0 : 1)' \
  || fail "Node.js $(node --version) is too old: install 20.15 or newer, and repeat."

asks=true
is_clean_up=false
for option in "$@"; do
  case $option in
    --yes) asks=false ;;
    --clean-up) is_clean_up=true ;;
    --profile | --profile=* | --region | --region=* | --current-credentials)
      fail "$option is not for this script, which takes the credentials and the region of this shell. Type export AWS_PROFILE=... or export AWS_REGION=..., and repeat without it."
      ;;
    --endpoint | --endpoint=*)
      fail "$option is not for this script, which is for AWS. In a clone: npm run verify:aws -- --endpoint URL"
      ;;
  esac
done
[ "$asks" = false ] || [ -t 0 ] || fail 'Nobody can be asked here: --yes says that it may.'

repository=${VERIFY_REPOSITORY:-https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver.git}
commit=${VERIFY_COMMIT:-$COMMIT}
if [ -z "${VERIFY_COMMIT:-}" ] && [ -n "$TAG" ]; then
  reference=refs/tags/$TAG
  origin="which is tag $TAG"
else
  reference=$commit
  origin='as VERIFY_COMMIT says'
fi
[ -n "$commit" ] || fail 'There is no release yet, so say which commit is to run: VERIFY_COMMIT=COMMIT before the command, as docs/verify-aws.md has it.'
[[ $commit =~ ^[0-9a-f]{40}$ ]] || fail "VERIFY_COMMIT=$commit is no commit: write all of its 40 digits."
again="VERIFY_COMMIT=$commit bash $0 --clean-up"

export AWS_PAGER=''
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region || true)}}
[ -n "$region" ] || fail 'No region is set: type export AWS_REGION=eu-central-1, with the region that you mean, and repeat.'
[[ $region =~ ^[a-z]{2,4}(-[a-z]+)+-[0-9]$ ]] || fail "The region $region is none: write it as eu-central-1."
account=$(aws sts get-caller-identity --query Account --output text --region "$region") \
  || fail 'No credentials work here: the line above says why. In AWS CloudShell, open a new tab and repeat.'
[[ $account =~ ^[0-9]{12}$ ]] || fail "Whose credentials these are is unknown: AWS answered \"$account\", which is no account."

# What must survive this shell: CloudShell keeps the home directory, and nothing else.
# https://docs.aws.amazon.com/cloudshell/latest/userguide/working-with-cloudshell.html
absolute() { case $1 in /*) printf '%s' "$1" ;; *) printf '%s' "$PWD/$1" ;; esac }
VERIFY_JOURNAL=$(absolute "${VERIFY_JOURNAL:-$HOME/.archiver-verify}")
VERIFY_REPORTS=$(absolute "${VERIFY_REPORTS:-$PWD}")
temporary=$(absolute "${TMPDIR:-/tmp}")
export VERIFY_JOURNAL VERIFY_REPORTS

# --- What this script makes on this machine, and removes: one folder, and a cache.

work=''
# The CDK's library keeps a cache in the home directory, and can not be told to keep it elsewhere.
had_cdk=false
if [ -e "$HOME/.cdk" ]; then had_cdk=true; fi

is_left() { [ -d "$VERIFY_JOURNAL" ] && [ -n "$(find "$VERIFY_JOURNAL" -name journal.json -print -quit)" ]; }

finish() {
  local status=$?
  # A terminal that is gone takes no text: the folder goes all the same.
  set +e
  cd /
  case $work in /*/archiver-verify.??????????) rm -rf -- "$work" ;; esac
  if [ "$had_cdk" = false ]; then
    rm -rf -- "$HOME/.cdk/cache/fingerprints"
    rmdir -- "$HOME/.cdk/cache" "$HOME/.cdk" 2> /dev/null
  fi
  if is_left; then
    echo "Something is left in an account, and the report says what. To remove it: $again"
    [ "$status" -ne 0 ] || status=1
  fi
  exit "$status"
}
# Ctrl-C goes to the verification, too, which destroys what it created. This shell waits for it.
trap : INT TERM HUP
trap finish EXIT
work=$(mktemp -d "$temporary/archiver-verify.XXXXXXXXXX")
readonly work
mkdir "$work/tmp"
export TMPDIR=$work/tmp npm_config_cache=$work/npm CDK_HOME=$work/cdk

# --- What runs, and where.

echo "This script: SHA-256 $(sha256sum < "$0" | cut -c 1-64)"
echo "It runs commit $commit, $origin, of $repository${VERIFY_REPOSITORY:+, as VERIFY_REPOSITORY says}"
echo "in account $account, region $region."
if [ -e "$VERIFY_JOURNAL/bootstrapped" ]; then
  echo "An earlier version of this script noted in $VERIFY_JOURNAL/bootstrapped that it made a stack CDKToolkit. It did not note where, so nobody acts on it."
fi

# --- Whether the CDK can deploy there.

bootstrap_line() {
  printf '%s\n' \
    "  npx $CDK bootstrap aws://$account/$region" '' \
    'It makes the stack CDKToolkit: a bucket, a registry, five roles and a parameter. This script neither makes nor removes it.' \
    'Whoever types the line owns the stack: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping.html says what it is for,' \
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-delete-stack.html how a stack is deleted.'
}

look_for_bootstrap() {
  local found='' said status=0
  found=$(aws ssm get-parameter --name "$BOOTSTRAP" --query Parameter.Value --output text --region "$region" \
    --cli-connect-timeout 10 --cli-read-timeout 30 2> "$work/said") || status=$?
  said=$(< "$work/said")
  if [ "$status" -eq 0 ] && [[ $found =~ ^[0-9]{1,5}$ ]]; then
    [ "$found" -lt "$BOOTSTRAP_VERSION" ] || return 0
    fail "The CDK's bootstrap of account $account, $region, has version $found, and $BOOTSTRAP_VERSION is needed. Nothing was changed. This line brings it up to date:" '' "$(bootstrap_line)"
  fi
  if [ "$status" -ne 0 ] && [[ $said == *'An error occurred (ParameterNotFound) when calling the GetParameter operation'* ]]; then
    fail "Account $account, $region, has no bootstrap of the CDK, which deploys nothing without it: AWS says that the parameter $BOOTSTRAP does not exist. Nothing was changed. This line makes it:" '' "$(bootstrap_line)"
  fi
  fail "Whether account $account, $region, has a bootstrap of the CDK is unknown: aws ssm get-parameter --name $BOOTSTRAP ended with status $status, and answered:" \
    '' "  ${found:-nothing}" "  ${said:-no error}" '' 'Nothing was changed. Mend that, or wait a minute, and repeat.'
}

[ "$is_clean_up" = true ] || look_for_bootstrap

# --- The command. CloudShell's home has 1 GB, so everything that it needs is in the folder.

git init --quiet "$work/clone"
cd "$work/clone"
GIT_TERMINAL_PROMPT=0 git fetch --quiet --depth 1 "$repository" "$reference" < /dev/null \
  || fail "$repository does not have ${reference#refs/tags/}: the line above says why. Nothing was changed."
fetched=$(git rev-parse 'FETCH_HEAD^{commit}')
[ "$fetched" = "$commit" ] || fail "${reference#refs/tags/} of $repository is commit $fetched, and not $commit: somebody moved it. Nothing was changed."
git -c advice.detachedHead=false checkout --quiet "$commit"
npm ci --no-audit --no-fund --loglevel=error < /dev/null
npx projen bundle < /dev/null
command=(node --import tsx test/aws/verify/main.ts)
if [ "$is_clean_up" = true ]; then
  "${command[@]}" "$@"
else
  "${command[@]}" --current-credentials --region "$region" "$@"
fi
