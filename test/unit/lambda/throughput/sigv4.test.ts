import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { check } from '../../../../assurance/properties/check';
import { copySource } from '../../../../src/lambda/move/multipart-copy';
import { type SignableRequest, signFromTemplate } from '../../../../src/lambda/throughput/sigv4';
import {
  configs,
  CREDENTIALS,
  inputs,
  keys,
  readSigningTime,
} from '../../../helpers/signed-copies';

const NOTHING = new Set<string>();

/** A copy as the SDK signs it. */
async function signedBySdk(
  input: Partial<CopyObjectCommandInput>,
  config: S3ClientConfig = {},
): Promise<SignableRequest> {
  const signed: SignableRequest[] = [];
  const requestHandler = {
    handle: async (request: SignableRequest) => {
      signed.push(request);
      throw new Error('not sent');
    },
    destroy: () => undefined,
  };
  const s3 = new S3Client({
    region: 'eu-central-1',
    credentials: CREDENTIALS,
    maxAttempts: 1,
    ...config,
    requestHandler: requestHandler as never,
  });
  const command = new CopyObjectCommand({
    Bucket: 'archive',
    Key: 'x',
    CopySource: 'source/x',
    CopySourceIfMatch: '"1"',
    IfNoneMatch: '*',
    ...input,
  });
  await s3.send(command).catch(() => undefined);
  return signed[0];
}

test('the signature of another copy is the one that the SDK makes of it', async () => {
  await check(
    'test/unit/lambda/throughput/sigv4.test.ts',
    fc.asyncProperty(
      keys,
      keys,
      fc.stringMatching(/^[0-9a-f]{32}$/),
      inputs,
      configs,
      async (key, from, etag, input, config) => {
        const model = await signedBySdk(input, config);
        const expected = await signedBySdk(
          {
            ...input,
            Key: key,
            CopySource: copySource('source', from),
            CopySourceIfMatch: `"${etag}"`,
          },
          config,
        );
        const { authorization, 'x-amz-date': date, ...headers } = expected.headers;
        const signed = signFromTemplate(model, config.credentials, NOTHING)!(
          { ...expected, headers },
          config.credentials,
          readSigningTime(expected),
        );
        expect(signed).toEqual({ ...headers, authorization, 'x-amz-date': date });
      },
    ),
    { numRuns: 200 },
  );
});

test('headers of one attempt are not signed', async () => {
  const model = await signedBySdk({});
  const sign = signFromTemplate(
    model,
    CREDENTIALS,
    new Set(['amz-sdk-request', 'amz-sdk-invocation-id']),
  )!;
  expect(sign(model, CREDENTIALS, readSigningTime(model)).authorization).toContain(
    'SignedHeaders=host;if-none-match;x-amz-content-sha256;x-amz-copy-source;',
  );
});

test('the next day has a key of its own, and so have other credentials', async () => {
  const model = await signedBySdk({});
  const sign = signFromTemplate(model, CREDENTIALS, NOTHING)!;
  const now = readSigningTime(model);
  const tomorrow = new Date(now.getTime() + 86_400_000);
  const other = { accessKeyId: 'OTHER', secretAccessKey: 'other', sessionToken: 'another' };
  const by = (credentials: typeof CREDENTIALS, at: Date) =>
    signFromTemplate(
      { ...model, headers: sign({ ...model, headers: { ...model.headers } }, credentials, at) },
      credentials,
      NOTHING,
    );
  // What comes out is what comes out again where nothing of the days before is known.
  expect(by(CREDENTIALS, tomorrow)).toBeDefined();
  expect(by(other, now)).toBeDefined();
  expect(sign({ ...model, headers: { ...model.headers } }, other, now)).toMatchObject({
    'x-amz-security-token': 'another',
    authorization: expect.stringContaining('Credential=OTHER/'),
  });
});

test.each<[string, (model: SignableRequest) => SignableRequest]>([
  [
    'another secret',
    (model) => ({
      ...model,
      headers: {
        ...model.headers,
        authorization: model.headers.authorization.replace(/.{4}$/, '0000'),
      },
    }),
  ],
  [
    'no signature',
    ({ headers: { authorization, ...headers }, ...model }) => ({ ...model, headers }),
  ],
  [
    'another algorithm',
    (model) => ({
      ...model,
      headers: {
        ...model.headers,
        authorization: model.headers.authorization.replace('AWS4-HMAC', 'AWS4-ECDSA-P256'),
      },
    }),
  ],
  [
    'a header that was added after it',
    (model) => ({ ...model, headers: { ...model.headers, host: 'proxy' } }),
  ],
])("none where the model's own does not come out: %s", async (_, change) => {
  expect(signFromTemplate(change(await signedBySdk({})), CREDENTIALS, NOTHING)).toBeUndefined();
});
