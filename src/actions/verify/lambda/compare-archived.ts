import type { ArchivedVersion } from '../../../contract/payloads/ledger-line';
import { ReasonCode } from '../../../contract/payloads/reason-codes';
import {
  decide,
  fromHead,
  fromLedger,
  fromListing,
  unquote,
  type VersionFacts,
} from '../../../lambda/move/decide';
import type { BucketClient } from '../../../lambda/s3/bucket-client';
import type { FoundObject } from '../../../lambda/s3/object-lookup';

export interface Finding {
  readonly status: 'changed' | 'missing' | 'unproven';
  readonly code: ReasonCode;
  readonly message: string;
}

const CODES: { readonly [status in Finding['status']]: ReasonCode } = {
  changed: ReasonCode.ARCHIVED_COPY_CHANGED,
  missing: ReasonCode.ARCHIVED_COPY_MISSING,
  unproven: ReasonCode.ARCHIVED_COPY_UNPROVEN,
};

export function toFinding(status: Finding['status'], message: string): Finding {
  return { status, code: CODES[status], message };
}

export function toMissing(destination: string): Finding {
  return toFinding('missing', `the archive holds nothing under ${destination}`);
}

/**
 * Undefined if the archive holds the version, which only `decide` can say. A listing proves it
 * where the ledger has the ETag, because an object at one place gets another ETag with other
 * content. If the listing proves nothing, the function asks S3 about the object itself.
 * @param found what a listing or a HeadObject shows; with a checksum if checksums must agree, too
 * (`deep`)
 */
export async function compareArchived(
  archive: BucketClient,
  version: ArchivedVersion,
  found: FoundObject | undefined,
  deep: boolean,
): Promise<Finding | undefined> {
  const { destination } = version;
  if (!found) {
    return toMissing(destination);
  }
  const place = `s3://${archive.name}/${destination}`;
  const recorded = toFacts(version, place);
  const listed = found.head ? fromHead(found.head, place) : fromListing(found, place);
  if (!deep && decide(listed, recorded) === 'same') {
    return undefined;
  }
  const head = deep ? found.head : await archive.head(destination);
  if (!head) {
    return toMissing(destination);
  }
  const now = fromHead(head, place);
  const decision =
    deep && decide(onlyChecksums(now), onlyChecksums(recorded)) === 'different'
      ? 'different'
      : decide(now, recorded);
  if (decision === 'same') {
    return undefined;
  }
  return decision === 'different'
    ? toFinding(
        'changed',
        `the archive holds something else under ${destination}: ` +
          `${describeDifferences(now, recorded).join(', ')}`,
      )
    : toFinding(
        'unproven',
        `the archive holds an object of the right size under ${destination}, but ` +
          `${explainDoubt(version)}`,
      );
}

/**
 * Without an ETag of the copy, the source's may be the content's digest. A checksum of what only
 * seems to be the copy proves nothing.
 */
function toFacts(version: ArchivedVersion, place: string): VersionFacts {
  const facts = fromLedger(version, place);
  if (version.archivedEtag !== undefined && version.proof === undefined) {
    return facts;
  }
  return {
    ...facts,
    etag: version.etag,
    isMd5: false,
    place: undefined,
    ...(version.proof !== undefined && { checksums: {} }),
  };
}

/** An ETag at its place would decide alone. */
function onlyChecksums(facts: VersionFacts): VersionFacts {
  return { ...facts, etag: undefined, isMd5: false };
}

function describeDifferences(now: VersionFacts, recorded: VersionFacts): string[] {
  const etag = recorded.place === undefined ? undefined : recorded.etag;
  return [
    ...(now.size === recorded.size ? [] : [`its size is ${now.size} instead of ${recorded.size}`]),
    ...(etag === undefined || unquote(etag) === unquote(now.etag!)
      ? []
      : [`its ETag is ${unquote(now.etag!)} instead of ${unquote(etag)}`]),
    ...Object.entries(recorded.checksums).flatMap(([algorithm, checksum]) => {
      const found = now.checksums[algorithm];
      return found === undefined || found === checksum
        ? []
        : [`its ${algorithm} is ${found} instead of ${checksum}`];
    }),
  ];
}

function explainDoubt({ archivedEtag, proof }: ArchivedVersion): string {
  if (proof !== undefined) {
    return 'only its size and its time say that it is the one that was archived';
  }
  return archivedEtag === undefined
    ? 'the ledger has no ETag of it'
    : 'it has another ETag now, and nothing tells whether its content is the same';
}
