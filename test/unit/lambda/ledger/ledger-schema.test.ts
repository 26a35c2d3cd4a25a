import * as v from 'valibot';
import { LedgerLine } from '../../../../src/contract/payloads';
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
} as const;
const full: LedgerLine = {
  ...ledgerLine('a', 'failed', 'SLOW_DOWN'),
  message: 'wait',
  ms: 5,
  earlier: [{ destination: 'b', etag: '"b"', size: 1, day: '2026-11-24', ...facts }],
  ...facts,
  modified: 1_795_000_000,
  storageClass: 'GLACIER_IR',
  requests: { CopyObject: 2 },
};

test('the schema and the code know the same fields, and need the same ones', () => {
  const { properties, required } = LEDGER_SCHEMA as unknown as { properties: object; required: string[] };
  expect(Object.keys(properties).sort()).toEqual(Object.keys(LedgerLine.entries).sort());
  const needed = Object.entries(LedgerLine.entries).filter(([, { type }]) => type !== 'optional').map(([name]) => name);
  expect([...required].sort()).toEqual(needed.sort());
  expect(Object.keys(full).sort()).toEqual(Object.keys(properties).sort());
  expect(lineErrors(full)).toEqual([]);
  expect(v.parse(LedgerLine, full)).toEqual(full);
});

test.each(['status', 'checksumAlgorithm', 'checksumType'] as const)('the schema and the code know the same values of %s', (name) => {
  const { properties } = LEDGER_SCHEMA as unknown as { properties: Record<string, { enum: string[] }> };
  const schema = LedgerLine.entries[name];
  expect(properties[name].enum).toEqual('wrapped' in schema ? schema.wrapped.options : schema.options);
});

test.each([
  ['no version', { v: undefined }],
  ['another version', { v: 1 }],
  ['no day', { day: undefined }],
  ['a day that is none', { day: '24.11.2026' }],
  ['an unknown field', { surprise: 1 }],
  ['an unknown status', { status: 'lost' }],
  ['null', { message: null }],
  ['a checksum of an unknown kind', { checksumAlgorithm: undefined }],
])('a line with %s does not conform', (_, change) => {
  expect(lineErrors(JSON.parse(JSON.stringify({ ...full, ...change })))).toHaveLength(1);
});

test('a failure without a code does not conform', () => {
  const { code: _, ...line } = full;
  expect(lineErrors(line)).toContainEqual(expect.stringContaining("must have required property 'code'"));
});
