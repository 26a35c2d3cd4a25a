import { hasForeignETag, readCopyResult } from '../../../../src/lambda/throughput/copy-response';

const MD5 = '9b2cf535f27731c974343645a3985328';
const RESULT = `<CopyObjectResult><ETag>&quot;${MD5}&quot;</ETag></CopyObjectResult>`;

describe('the answer to a copy', () => {
  test.each([
    [
      'of S3',
      '<?xml version="1.0" encoding="UTF-8"?>\n<CopyObjectResult ' +
        'xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        `<LastModified>2026-11-24T10:00:00.000Z</LastModified><ETag>&quot;${MD5}&quot;</ETag>` +
        '<ChecksumType>FULL_OBJECT</ChecksumType><ChecksumCRC64NVME>abc/def+ghi=</ChecksumCRC64NVME></CopyObjectResult>',
    ],
    [
      'with white space that S3 sends while it copies',
      `<?xml version="1.0" encoding="UTF-8"?>\n   \n  ${RESULT}\n`,
    ],
    [
      'in lines',
      `<CopyObjectResult>\n  <ETag>"${MD5}"</ETag>\n  ` +
        '<LastModified></LastModified>\n</CopyObjectResult>',
    ],
    ['with numeric entities', RESULT.replaceAll('&quot;', '&#34;')],
    ['with hexadecimal entities', RESULT.replaceAll('&quot;', '&#x22;')],
  ])('is read from a result %s', (_, body) => {
    expect(readCopyResult(body)).toMatchObject({ ETag: `"${MD5}"` });
  });

  test('has the checksum, as the SDK reads it', () => {
    const body = RESULT.replace(
      '</CopyObjectResult>',
      '<ChecksumType>FULL_OBJECT</ChecksumType><ChecksumCRC64NVME>abc/def+ghi=</ChecksumCRC64NVME></CopyObjectResult>',
    );
    expect(readCopyResult(body)).toEqual({
      ETag: `"${MD5}"`,
      ChecksumType: 'FULL_OBJECT',
      ChecksumCRC64NVME: 'abc/def+ghi=',
    });
  });

  test.each([
    ['nothing', ''],
    ['an error', '<Error><Code>InternalError</Code></Error>'],
    [
      'a result inside CDATA of an error',
      `<Error><Message><![CDATA[${RESULT}]]></Message></Error>`,
    ],
    ['a result inside CDATA alone', `<![CDATA[${RESULT}]]>`],
    ['a result inside an error', `<Error>${RESULT}</Error>`],
    ['a result before an error', `${RESULT}<Error><Code>InternalError</Code></Error>`],
    ['an error before a result', `<Error><Code>InternalError</Code></Error>${RESULT}`],
    ['two results', RESULT + RESULT],
    ['a result in a comment', `<!-- ${RESULT} -->`],
    ['a comment in a result', RESULT.replace('<ETag>', '<!-- --><ETag>')],
    ['CDATA in a result', RESULT.replace('&quot;', '<![CDATA["]]>')],
    [
      'an ETag inside another element',
      `<CopyObjectResult><Old>${RESULT.slice(18, -19)}</Old></CopyObjectResult>`,
    ],
    ['a result that is cut off', RESULT.slice(0, -1)],
    ['a result whose start is missing', RESULT.slice(1)],
    ['elements that do not match', RESULT.replace('</ETag>', '</Etag>')],
    [
      'no ETag',
      '<CopyObjectResult><LastModified>2026-11-24T00:00:00Z</LastModified></CopyObjectResult>',
    ],
    ['an empty ETag', '<CopyObjectResult><ETag></ETag></CopyObjectResult>'],
    ['two ETags', RESULT.replace(/<ETag>.*<\/ETag>/, '$&$&')],
    [
      'two checksums of one kind',
      RESULT.replace(
        '<ETag>',
        '<ChecksumCRC32>a</ChecksumCRC32><ChecksumCRC32>b</ChecksumCRC32><ETag>',
      ),
    ],
    ['a page of a proxy', `<html><body>${RESULT}</body></html>`],
    ['a result of a copied part', RESULT.replaceAll('CopyObjectResult', 'CopyPartResult')],
  ])('is not read from %s', (_, body) => {
    expect(readCopyResult(body)).toBeUndefined();
  });

  test('is not searched for long in a body that only looks like one', () => {
    const start = performance.now();
    expect(readCopyResult(`<CopyObjectResult>${'<a></a> '.repeat(8_000)}<`)).toBeUndefined();
    expect(readCopyResult(`${' '.repeat(60_000)}<`)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('an ETag is foreign', () => {
  const other = MD5.replace('9', '8');

  test.each<[string, string, string, object[]]>([
    ['if both are MD5 digests', `"${MD5}"`, `"${other}"`, []],
    ['with or without quotes', MD5, `"${other}"`, []],
    ['with keys of S3', `"${MD5}"`, `"${other}"`, [{ 'x-amz-server-side-encryption': 'AES256' }]],
  ])('%s', (_, copied, source, headers) => {
    expect(hasForeignETag(copied, source, ...(headers as Record<string, string>[]))).toBe(true);
  });

  test.each<[string, string, string, object[]]>([
    ['the same', `"${MD5}"`, `"${MD5}"`, []],
    ['the same without quotes', MD5, `"${MD5}"`, []],
    ['a source of parts', `"${MD5}"`, `"${other}-3"`, []],
    ['a copy of parts', `"${MD5}-3"`, `"${other}"`, []],
    [
      'a copy with a key of KMS',
      `"${MD5}"`,
      `"${other}"`,
      [{}, { 'x-amz-server-side-encryption': 'aws:kms' }],
    ],
    [
      'a request for a key of KMS',
      `"${MD5}"`,
      `"${other}"`,
      [{ 'x-amz-server-side-encryption': 'aws:kms' }, {}],
    ],
    [
      'a copy with a key of the client',
      `"${MD5}"`,
      `"${other}"`,
      [{ 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }],
    ],
    [
      'a source with a key of the client',
      `"${MD5}"`,
      `"${other}"`,
      [{ 'x-amz-copy-source-server-side-encryption-customer-algorithm': 'AES256' }],
    ],
  ])('it is not foreign: %s', (_, copied, source, headers) => {
    expect(hasForeignETag(copied, source, ...(headers as Record<string, string>[]))).toBe(false);
  });
});
