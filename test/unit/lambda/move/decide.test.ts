import fc from 'fast-check';
import {
  decide,
  fromHead,
  fromLedger,
  fromListing,
  isMd5,
  MD5_ETAG,
  type VersionFacts,
} from '../../../../src/lambda/move/decide';
import type { ObjectHead } from '../../../../src/lambda/s3/bucket-client';

const A = `"${'a'.repeat(32)}"`;
const B = `"${'b'.repeat(32)}"`;
const PARTS = `"${'a'.repeat(32)}-2"`;

const head = (more: Partial<ObjectHead> = {}): ObjectHead =>
  ({
    $metadata: {},
    ContentLength: 5,
    ETag: A,
    ServerSideEncryption: 'AES256',
    ...more,
  }) as ObjectHead;
const kms = (more: Partial<ObjectHead> = {}) => head({ ServerSideEncryption: 'aws:kms', ...more });
const full = (more: Partial<ObjectHead>): Partial<ObjectHead> => ({
  ChecksumType: 'FULL_OBJECT',
  ...more,
});
const both = (a: ObjectHead, b: ObjectHead) => decide(fromHead(a), fromHead(b));

describe('two versions that HeadObject describes', () => {
  test.each<[string, ObjectHead, ObjectHead, string]>([
    [
      'are different if their sizes differ, whatever else is equal',
      head(full({ ChecksumSHA256: 'x' })),
      head({ ContentLength: 6, ...full({ ChecksumSHA256: 'x' }) }),
      'different',
    ],
    ['are the same if both have one MD5', head(), head(), 'same'],
    ['are different if both have MD5s that differ', head(), head({ ETag: B }), 'different'],
    [
      'are not told apart by an ETag under KMS that looks like an MD5',
      head(),
      kms({ ETag: B }),
      'unknown',
    ],
    [
      'are not told apart by two ETags under KMS that look like MD5s',
      kms(),
      kms({ ETag: B }),
      'unknown',
    ],
    ['are not the same because of two equal ETags under KMS', kms(), kms(), 'unknown'],
    [
      'are not told apart by an ETag under two layers of KMS',
      head({ ETag: B }),
      head({ ServerSideEncryption: 'aws:kms:dsse' }),
      'unknown',
    ],
    [
      'are not told apart by an ETag under an encryption that is not known',
      head({ ETag: B }),
      head({ ServerSideEncryption: 'aws:fsx' }),
      'unknown',
    ],
    [
      'are not told apart by an ETag under the key of a client',
      head({ ETag: B }),
      head({ ServerSideEncryption: undefined, SSECustomerAlgorithm: 'AES256' }),
      'unknown',
    ],
    [
      'are not told apart by an ETag of a directory bucket',
      head({ ETag: B }),
      head({ StorageClass: 'EXPRESS_ONEZONE' }),
      'unknown',
    ],
    [
      'are not told apart by the ETag of an upload in parts',
      head(),
      head({ ETag: PARTS }),
      'unknown',
    ],
    [
      'are not the same because of two equal ETags of uploads in parts',
      head({ ETag: PARTS }),
      head({ ETag: PARTS }),
      'unknown',
    ],
    [
      'are the same if a proving checksum is equal',
      kms(full({ ChecksumCRC64NVME: 'x' })),
      kms({ ETag: B, ...full({ ChecksumCRC64NVME: 'x' }) }),
      'same',
    ],
    [
      'are not the same because of a short checksum',
      kms(full({ ChecksumCRC32: 'x' })),
      kms({ ETag: B, ...full({ ChecksumCRC32: 'x' }) }),
      'unknown',
    ],
    [
      'are different if a short checksum differs',
      kms(full({ ChecksumCRC32: 'x' })),
      kms({ ETag: B, ...full({ ChecksumCRC32: 'y' }) }),
      'different',
    ],
    [
      'are different if one checksum differs and another one is equal',
      kms(full({ ChecksumSHA1: 'x', ChecksumCRC32: 'x' })),
      kms(full({ ChecksumSHA1: 'x', ChecksumCRC32: 'y' })),
      'different',
    ],
    [
      'are different if their checksums differ although they have one MD5',
      head(full({ ChecksumSHA256: 'x' })),
      head(full({ ChecksumSHA256: 'y' })),
      'different',
    ],
    [
      'are not told apart by checksums of two algorithms',
      kms(full({ ChecksumSHA256: 'x' })),
      kms(full({ ChecksumSHA1: 'y' })),
      'unknown',
    ],
    [
      'are not told apart by checksums of parts',
      kms({ ChecksumType: 'COMPOSITE', ChecksumSHA256: 'x-2' }),
      kms({ ChecksumType: 'COMPOSITE', ChecksumSHA256: 'y-3' }),
      'unknown',
    ],
    [
      'are not the same because of equal checksums of parts',
      kms({ ChecksumType: 'COMPOSITE', ChecksumSHA256: 'x-2' }),
      kms({ ChecksumType: 'COMPOSITE', ChecksumSHA256: 'x-2' }),
      'unknown',
    ],
    [
      'are not compared by a checksum whose type is not known',
      kms({ ChecksumSHA256: 'x' }),
      kms({ ChecksumSHA256: 'x' }),
      'unknown',
    ],
  ])('%s', (_, a, b, expected) => {
    expect([both(a, b), both(b, a)]).toEqual([expected, expected]);
  });
});

describe('a version that a listing shows', () => {
  test.each<[string, ObjectHead, string, string]>([
    ['is the same as one with that MD5', head(), A, 'same'],
    ['is not told apart from one with another MD5: KMS may encrypt it', head(), B, 'unknown'],
    ['is not told apart from one under KMS with that ETag', kms(), A, 'unknown'],
  ])('%s', (_, shown, etag, expected) => {
    expect(decide(fromHead(shown), fromListing({ etag, size: 5 }))).toBe(expected);
  });

  test('proves nothing by an ETag that another listing shows, too', () => {
    expect(decide(fromListing({ etag: A, size: 5 }), fromListing({ etag: A, size: 5 }))).toBe(
      'unknown',
    );
  });

  test('is the same as one that was at the same place under the same ETag', () => {
    expect(
      decide(
        fromListing({ etag: PARTS, size: 5 }, 'b/k'),
        fromListing({ etag: PARTS, size: 5 }, 'b/k'),
      ),
    ).toBe('same');
    expect(
      decide(
        fromListing({ etag: PARTS, size: 5 }, 'b/k'),
        fromListing({ etag: PARTS, size: 5 }, 'b/l'),
      ),
    ).toBe('unknown');
    expect(
      decide(
        fromListing({ etag: PARTS, size: 5 }, 'b/k'),
        fromListing({ etag: B, size: 5 }, 'b/k'),
      ),
    ).toBe('unknown');
  });
});

describe('a version that a ledger describes', () => {
  const line = (more: object = {}) => ({ etag: A, size: 5, archivedEtag: A, ...more });

  test.each<[string, object, ObjectHead, string]>([
    ['has an MD5 if the copy has the ETag of its source', {}, head({ ETag: B }), 'different'],
    ['has none if the copy has an ETag of its own', { archivedEtag: B }, head(), 'unknown'],
    [
      'has none if source and copy were uploads in parts',
      { etag: PARTS, archivedEtag: PARTS },
      head(),
      'unknown',
    ],
    [
      'proves nothing if no archived ETag is known',
      { archivedEtag: undefined },
      head({ ETag: B }),
      'unknown',
    ],
    [
      'is the same by a full checksum',
      { archivedEtag: B, checksumAlgorithm: 'SHA256', checksum: 'x', checksumType: 'FULL_OBJECT' },
      kms(full({ ChecksumSHA256: 'x' })),
      'same',
    ],
    [
      'is not compared by a checksum of parts',
      { archivedEtag: B, checksumAlgorithm: 'SHA256', checksum: 'x', checksumType: 'COMPOSITE' },
      kms(full({ ChecksumSHA256: 'y' })),
      'unknown',
    ],
    [
      'is not compared by a checksum whose type is not known',
      { archivedEtag: B, checksumAlgorithm: 'SHA256', checksum: 'x' },
      kms(full({ ChecksumSHA256: 'y' })),
      'unknown',
    ],
  ])('%s', (_, more, shown, expected) => {
    expect(decide(fromLedger(line(more)), fromHead(shown))).toBe(expected);
  });

  test('whose archived ETag is not known is the same as nothing at its place', () => {
    expect(
      decide(
        fromLedger(line({ archivedEtag: undefined }), 'b/k'),
        fromListing({ etag: A, size: 5 }, 'b/k'),
      ),
    ).toBe('unknown');
  });
});

test('quotes around ETags mean nothing', () => {
  expect(decide(fromHead(head()), fromHead(head({ ETag: A.slice(1, -1) })))).toBe('same');
});

test('an MD5 has 32 digits, and no more', () => {
  expect(
    [A, A.slice(1, -1), PARTS, `"${'a'.repeat(33)}"`, '""', `"${'A'.repeat(32)}"`].map((etag) =>
      MD5_ETAG.test(etag),
    ),
  ).toEqual([true, true, false, false, false, false]);
  expect([head(), head({ ServerSideEncryption: undefined }), kms()].map(isMd5)).toEqual([
    true,
    true,
    false,
  ]);
});

const facts: fc.Arbitrary<VersionFacts> = fc.record({
  size: fc.integer({ min: 0, max: 1 }),
  etag: fc.constantFrom(undefined, A, B, PARTS),
  isMd5: fc.boolean(),
  place: fc.constantFrom(undefined, 'b/k', 'b/l'),
  checksums: fc.dictionary(
    fc.constantFrom('CRC64NVME', 'CRC32', 'SHA256', 'MD5'),
    fc.constantFrom('x', 'y'),
  ),
});

// fast-check prints the seed of a failure.
test('the order of two versions does not matter', () => {
  fc.assert(
    fc.property(facts, facts, (a, b) => {
      expect(decide(a, b)).toBe(decide(b, a));
    }),
    { numRuns: 2_000 },
  );
});

test('versions whose sizes or checksums differ are never the same', () => {
  fc.assert(
    fc.property(facts, facts, (a, b) => {
      const differ =
        a.size !== b.size ||
        Object.entries(a.checksums).some(
          ([name, value]) => name in b.checksums && b.checksums[name] !== value,
        );
      if (differ) {
        expect(decide(a, b)).toBe('different');
      }
    }),
    { numRuns: 2_000 },
  );
});

test('who knows less decides nothing else', () => {
  fc.assert(
    fc.property(facts, facts, (a, b) => {
      const less = decide({ ...a, checksums: {} }, { size: b.size, isMd5: false, checksums: {} });
      expect(less).toBe(a.size === b.size ? 'unknown' : 'different');
    }),
    { numRuns: 500 },
  );
});
