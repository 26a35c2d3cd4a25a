/**
 * What the archiver never asks of S3, and what its roles would not allow. A rule returns what is
 * wrong with a request.
 */
import { findOwner, isBelow, listPlaces, type RequestLimits } from './limits';
import type { GuardedRequest } from './request';

export type Rule = (request: GuardedRequest, limits: RequestLimits) => string | undefined;

const isWrite = ({ kind }: GuardedRequest) => kind === 'write' || kind === 'prepare';
const describe = ({ input: { Bucket } }: GuardedRequest, key: string | undefined) =>
  `s3://${Bucket}/${key}`;

/** S3 deletes a version for good, also one that is not the current one. */
const hasVersion = ({ input: { VersionId, CopySource = '' }, deletions }: GuardedRequest) =>
  VersionId !== undefined ||
  /\?versionId=/i.test(CopySource) ||
  deletions.some((each) => each.VersionId !== undefined);

export const RULES = {
  knownOperation: ({ kind }) =>
    kind === undefined ? 'the archiver has no such request' : undefined,

  knownBucket: ({ input: { Bucket } }, limits) =>
    findOwner(limits, Bucket) === undefined
      ? `the bucket ${Bucket} is not one of the run, which are ${listBuckets(limits)}`
      : undefined,

  expectedOwner: ({ input: { Bucket, ExpectedBucketOwner } }, limits) => {
    const owner = findOwner(limits, Bucket);
    return owner !== undefined && ExpectedBucketOwner !== owner
      ? `ExpectedBucketOwner is ${ExpectedBucketOwner}, but must be ${owner}`
      : undefined;
  },

  expectedSourceOwner: ({ copySource, input: { ExpectedSourceBucketOwner } }, { source }) =>
    copySource !== undefined && ExpectedSourceBucketOwner !== source.owner
      ? `ExpectedSourceBucketOwner is ${ExpectedSourceBucketOwner}, but must be ${source.owner}`
      : undefined,

  noVersion: (request) =>
    hasVersion(request) ? 'it names a version, and the archiver never does' : undefined,

  noBypass: ({ input: { BypassGovernanceRetention, MFA } }) =>
    BypassGovernanceRetention !== undefined || MFA !== undefined
      ? 'it would bypass a protection against deletion'
      : undefined,

  deletesBelowSource: (request, { source }) => {
    const { input, deletions } = request;
    const other = deletions.find(({ Key = '' }) => !isBelow(source, input.Bucket, Key));
    return other && `${describe(request, other.Key)} is not below the source, ${toUri(source)}`;
  },

  deletesNoArchive: (request, { destination, reports }) => {
    const { input, deletions } = request;
    const kept = deletions.find(({ Key = '' }) =>
      [destination, reports].some((place) => isBelow(place, input.Bucket, Key)),
    );
    return kept && `${describe(request, kept.Key)} is below the destination or the reports`;
  },

  deletesOneContent: (request) => {
    const any = request.deletions.find(({ ETag = '*' }) => ETag === '*');
    return any && `${describe(request, any.Key)} would be deleted whatever its content is`;
  },

  writesBelowDestination: (request, { destination, reports }) => {
    const { Bucket, Key = '' } = request.input;
    const isAllowed = [destination, reports].some((place) => isBelow(place, Bucket, Key));
    return isWrite(request) && !isAllowed
      ? `${describe(request, Key)} is below neither the destination, ${toUri(destination)}, nor ` +
          `the reports, ${toUri(reports)}`
      : undefined;
  },

  overwritesNothing: (request, { reports }) => {
    const { Bucket, Key = '', IfNoneMatch } = request.input;
    return request.kind === 'write' && !isBelow(reports, Bucket, Key) && IfNoneMatch !== '*'
      ? `${describe(request, Key)} could be overwritten: If-None-Match is ${IfNoneMatch}`
      : undefined;
  },

  thawsBelowSource: (request, { source }) => {
    const { Bucket, Key = '' } = request.input;
    return request.kind === 'thaw' && !isBelow(source, Bucket, Key)
      ? `${describe(request, Key)} is not below the source, ${toUri(source)}`
      : undefined;
  },

  copiesFromSource: ({ copySource }, { source }) =>
    copySource !== undefined && !isBelow(source, copySource.bucket, copySource.key)
      ? `it copies s3://${copySource.bucket}/${copySource.key}, which is not below the source, ` +
        toUri(source)
      : undefined,

  copiesOneContent: ({ copySource, input: { CopySourceIfMatch = '*' } }) =>
    copySource !== undefined && CopySourceIfMatch === '*'
      ? 'it would copy whatever content the source has'
      : undefined,

  readsOwnPlaces: (request, limits) => {
    const { kind, input } = request;
    const text = kind === 'list' ? (input.Prefix ?? '') : (input.Key ?? '');
    const isRead = kind === 'list' || kind === 'read';
    return isRead && !listPlaces(limits).some((place) => isBelow(place, input.Bucket, text))
      ? `${describe(request, text)} is in no place of the run`
      : undefined;
  },

  dryRunMovesNothing: (request, { reports, isDryRun }) => {
    const { kind, input } = request;
    const { Bucket, Key = '' } = input;
    const isReport = isWrite(request) && isBelow(reports, Bucket, Key);
    const isChange = kind === 'delete' || kind === 'thaw' || isWrite(request);
    return isDryRun && isChange && !isReport
      ? 'a dry run writes nothing but its reports, and deletes nothing'
      : undefined;
  },
} satisfies { readonly [name: string]: Rule };

export type RuleName = keyof typeof RULES;

function toUri({ bucket, prefix }: RequestLimits['source']): string {
  return `s3://${bucket}/${prefix}`;
}

function listBuckets(limits: RequestLimits): string {
  return [...new Set(listPlaces(limits).map(({ bucket }) => bucket))].join(', ');
}
