import {
  type ChecksumAlgorithm,
  compositeChecksum,
  computeChecksum,
} from '../../src/checksums/checksums';

/**
 * The values for the text 123456789 come from the catalogs of CRC algorithms and, for SHA, from
 * NIST.
 */
test.each<[ChecksumAlgorithm, string]>([
  ['CRC32', 'cbf43926'],
  ['CRC32C', 'e3069283'],
  ['CRC64NVME', 'ae8b14860a799888'],
  ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ['SHA256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
])('%s', (algorithm, hex) => {
  const expected = Buffer.from(hex, 'hex').toString('base64');
  expect(computeChecksum(algorithm, [Buffer.from('123456789')])).toBe(expected);
  expect(
    computeChecksum(algorithm, [Buffer.from('1234'), Buffer.from(''), Buffer.from('56789')]),
  ).toBe(expected);
});

test("a composite checksum is that of the parts' binary checksums", () => {
  const parts = ['a', 'b'].map((text) => computeChecksum('CRC32', [Buffer.from(text)]));
  const binary = Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')));
  expect(compositeChecksum('CRC32', parts)).toBe(`${computeChecksum('CRC32', [binary])}-2`);
});
