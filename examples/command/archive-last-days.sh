#!/usr/bin/env bash
# Archives the objects of the last seven days up to yesterday (UTC): a dry run, and the run that confirms it.
# Days that are archived already cost their listing, so a night that failed is made up for by the next one.
# usage: archive-last-days.sh s3://BUCKET/PREFIX/ s3://BUCKET/ARCHIVE/ --reports s3://BUCKET/PREFIX/ [other flags of archive]
set -euo pipefail
ARCHIVER="${ARCHIVER:-npx --yes s3-dated-archiver}"
DAYS=(--from "${FROM:-$(date -u -d '7 days ago' +%F)}" --to "${TO:-$(date -u -d yesterday +%F)}")

# A dry run with conflicts ends with status 1, too. It can be confirmed, and the other objects are archived.
summary="$($ARCHIVER archive "$@" "${DAYS[@]}" --dry-run --json)" || { status=$?; ((status == 1)) || exit "$status"; }
id="$(node --print 'JSON.parse(process.argv[1]).id' "$summary")"
exec $ARCHIVER archive "$@" "${DAYS[@]}" --confirm "$id"
