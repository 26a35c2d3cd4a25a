import * as v from 'valibot';
import {
  LedgerLine,
  PackMember,
  VerifiedLine,
} from '../../../../src/contract/payloads/ledger-line';
import { ledgerLine } from '../../../helpers/report-fixtures';
import { LEDGER_SCHEMA, lineErrors } from '../../../helpers/report-schema';

/** A line with every field, as readers get it. */
const facts = {
  archivedEtag: '"a-2"',
  checksumAlgorithm: 'CRC64NVME',
  checksum: 'AAAAAAAAAAA=',
  checksumType: 'FULL_OBJECT',
  sourceVersionId: '1',
  archivedVersionId: '2',
  deleteMarkerVersionId: '3',
  member: { name: 'eu/a.csv', offset: 38, size: 1, sha256: '0'.repeat(64), packSize: 1_000 },
} as const;
const full: LedgerLine = {
  ...ledgerLine('a', 'failed', 'SLOW_DOWN'),
  v: 3,
  message: 'wait',
  ms: 5,
  earlier: [{ destination: 'b', etag: '"b"', size: 1, day: '2026-11-24', proof: 'size', ...facts }],
  ...facts,
  modified: 1_795_000_000,
  storageClass: 'GLACIER_IR',
  requests: { CopyObject: 2 },
  kept: true,
  found: true,
  notes: { notPacked: 'NOT_KEPT' },
  proof: 'size',
  origin: 'runs/ledger/day=2026-11-24/run=nightly/a.jsonl',
  restoredEtag: '"r"',
};

/** A line of a verification with every field. */
const { v: format, key, destination, etag, size, day, at, message } = full;
const verified: VerifiedLine = {
  v: format,
  key,
  destination,
  etag,
  size,
  day,
  at,
  message,
  proof: 'size',
  ...facts,
  status: 'missing',
  code: 'ARCHIVED_COPY_MISSING',
  part: 'runs/ledger/day=2026-11-24/run=nightly/a.jsonl',
};

test('the schema and the code know the same fields, and need the same ones', () => {
  const { properties, required } = LEDGER_SCHEMA as unknown as {
    properties: object;
    required: string[];
  };
  expect(Object.keys(properties).sort()).toEqual(
    [...new Set(Object.keys({ ...LedgerLine.entries, ...VerifiedLine.entries }))].sort(),
  );
  const needed = Object.entries(LedgerLine.entries)
    .filter(([, { type }]) => type !== 'optional')
    .map(([name]) => name);
  expect([...required].sort()).toEqual(needed.sort());
  expect(Object.keys({ ...full, ...verified }).sort()).toEqual(Object.keys(properties).sort());
  expect([lineErrors(full), lineErrors(verified)]).toEqual([[], []]);
  expect(v.parse(LedgerLine, full)).toEqual(full);
  expect(v.parse(VerifiedLine, verified)).toEqual(verified);
});

test('the schema knows what runs, restores and verifications write as a status', () => {
  const { properties } = LEDGER_SCHEMA as unknown as { properties: { status: { enum: string[] } } };
  expect(properties.status.enum).toEqual([
    ...LedgerLine.entries.status.options,
    ...VerifiedLine.entries.status.options,
  ]);
});

test.each(['checksumAlgorithm', 'checksumType'] as const)(
  'the schema and the code know the same values of %s',
  (name) => {
    const { properties } = LEDGER_SCHEMA as unknown as {
      properties: Record<string, { enum: string[] }>;
    };
    expect(properties[name].enum).toEqual(LedgerLine.entries[name].wrapped.options);
  },
);

test.each([
  ['no version', { v: undefined }],
  ['another version', { v: 1 }],
  ['no day', { day: undefined }],
  ['a day that is none', { day: '24.11.2026' }],
  ['an unknown field', { surprise: 1 }],
  ['an unknown status', { status: 'lost' }],
  ['null', { message: null }],
  ['a place in a pack that does not say where', { member: { ...facts.member, offset: undefined } }],
  ['a SHA-256 that is none', { member: { ...facts.member, sha256: 'A'.repeat(64) } }],
  ['a checksum of an unknown kind', { checksumAlgorithm: undefined }],
])('a line with %s does not conform', (_, change) => {
  expect(lineErrors(JSON.parse(JSON.stringify({ ...full, ...change })))).toHaveLength(1);
});

test(
  'where an object lies in a pack: the schema and the code know the same fields, and a reader of ' +
    'version 2 never gets one',
  () => {
    const { $defs } = LEDGER_SCHEMA as unknown as {
      $defs: { member: { required: string[]; properties: object } };
    };
    expect($defs.member.required).toEqual(Object.keys(PackMember.entries));
    expect(Object.keys($defs.member.properties)).toEqual(Object.keys(PackMember.entries));
    expect(lineErrors({ ...full, v: 2 })).toContainEqual(
      expect.stringContaining('/v must NOT be valid'),
    );
    expect(lineErrors({ ...full, v: 2, member: undefined })).not.toContainEqual(
      expect.stringContaining('/v'),
    );
  },
);

test.each([
  ['a failure', full],
  ['a missing object', verified],
])('%s without a code does not conform', (_, { code: __, ...line }) => {
  expect(lineErrors(line)).toContainEqual(
    expect.stringContaining("must have required property 'code'"),
  );
});

test('only the line of a verification says in which part of which ledger the object is archived', () => {
  const { part, ...line } = verified;
  expect(lineErrors(line)).toContainEqual(
    expect.stringContaining("must have required property 'part'"),
  );
  expect(lineErrors({ ...full, part })).toContainEqual(
    expect.stringContaining('/part boolean schema is false'),
  );
});
