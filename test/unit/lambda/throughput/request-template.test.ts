import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { check } from '../../../../assurance/properties/check';
import { copySource } from '../../../../src/lambda/move/multipart-copy';
import {
  matchesTemplate,
  type SdkRequest,
  toSignedRequest,
  toTemplate,
} from '../../../../src/lambda/throughput/request-template';
import {
  configs,
  CREDENTIALS,
  inputs,
  keys,
  readSigningTime,
} from '../../../helpers/signed-copies';

const PER_ATTEMPT = ['amz-sdk-invocation-id', 'amz-sdk-request'];
const sigV4 = (identity = CREDENTIALS) => ({
  __smithy_context: {
    selectedHttpAuthScheme: { httpAuthOption: { schemeId: 'aws.auth#sigv4' }, identity },
  },
});

interface Signed {
  readonly input: CopyObjectCommandInput;
  readonly request: SdkRequest;
}

/**
 * A copy as the SDK signs it, without the headers that belong to one attempt if `isTemplate` is
 * false.
 */
async function signBySdk(
  given: Partial<CopyObjectCommandInput>,
  config: S3ClientConfig = {},
  isTemplate = false,
): Promise<Signed> {
  const sent: SdkRequest[] = [];
  const requestHandler = {
    handle: async (request: SdkRequest) => {
      sent.push(request);
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
  const withoutAttempt =
    (next: (args: { request: SdkRequest }) => unknown) => async (args: { request: SdkRequest }) => {
      if (!isTemplate) {
        PER_ATTEMPT.forEach((name) => delete args.request.headers[name]);
      }
      return next(args);
    };
  s3.middlewareStack.addRelativeTo(withoutAttempt as never, {
    relation: 'before',
    toMiddleware: 'httpSigningMiddleware',
    name: 'withoutAttempt',
  });
  const input = {
    Bucket: 'archive',
    Key: 'x',
    CopySource: 'source/x',
    CopySourceIfMatch: '"1"',
    IfNoneMatch: '*',
    ...given,
  };
  await s3.send(new CopyObjectCommand(input)).catch(() => undefined);
  return { input, request: sent[0] };
}

const PER_OBJECT = {
  CopySource: 'x-amz-copy-source',
  CopySourceIfMatch: 'x-amz-copy-source-if-match',
};
const templateOf = ({ input, request }: Signed, credentials = CREDENTIALS) =>
  toTemplate(input, PER_OBJECT, request, sigV4(credentials));

test('a request from the template is the one that the SDK makes of the same copy', async () => {
  await check(
    'test/unit/lambda/throughput/request-template.test.ts',
    fc.asyncProperty(
      keys,
      keys,
      fc.stringMatching(/^[0-9a-f]{32}$/),
      inputs,
      configs,
      async (key, from, etag, given, config) => {
        const template = templateOf(await signBySdk(given, config, true), config.credentials);
        const { input, request: expected } = await signBySdk(
          {
            ...given,
            Key: key,
            CopySource: copySource('source', from),
            CopySourceIfMatch: `"${etag}"`,
          },
          config,
        );
        expect(matchesTemplate(template!, input)).toBe(true);
        const { hostname, path, headers } = toSignedRequest(
          template!,
          input,
          config.credentials,
          readSigningTime(expected),
        );
        expect({ hostname, path, headers }).toEqual({
          hostname: expected.hostname,
          path: `${expected.path}?x-id=CopyObject`,
          headers: expected.headers,
        });
      },
    ),
    { numRuns: 200 },
  );
});

test.each<[string, (headers: SdkRequest['headers']) => SdkRequest['headers']]>([
  [
    'another secret',
    ({ authorization, ...headers }) => ({
      ...headers,
      authorization: authorization.replace(/.{4}$/, '0000'),
    }),
  ],
  ['no signature', ({ authorization, ...headers }) => headers],
  [
    'another algorithm',
    ({ authorization, ...headers }) => ({
      ...headers,
      authorization: authorization.replace('AWS4-HMAC', 'AWS4-ECDSA-P256'),
    }),
  ],
  ['a header that was changed after it', (headers) => ({ ...headers, host: 'proxy' })],
])("none if the SDK's own signature does not come out: %s", async (_, change) => {
  const signed = await signBySdk({}, {}, true);
  expect(
    templateOf({
      ...signed,
      request: { ...signed.request, headers: change(signed.request.headers) },
    }),
  ).toBeUndefined();
});

test('later copies do not carry the trace of the invocation in which the template was made', async () => {
  const environment = process.env;
  process.env = { ...environment, AWS_LAMBDA_FUNCTION_NAME: 'f', _X_AMZN_TRACE_ID: 'Root=1-first' };
  try {
    const signed = await signBySdk({}, {}, true);
    expect(Object.keys(signed.request.headers).map((name) => name.toLowerCase())).toContain(
      'x-amzn-trace-id',
    );
    const { headers } = toSignedRequest(templateOf(signed)!, signed.input, CREDENTIALS, new Date());
    expect(headers).not.toHaveProperty('x-amzn-trace-id');
  } finally {
    process.env = environment;
  }
});

test(
  'no template with session credentials of a directory bucket, or with another kind of ' +
    'signature',
  async () => {
    const { input, request } = await signBySdk({}, {}, true);
    expect(toTemplate(input, PER_OBJECT, request, sigV4())).toBeDefined();
    expect(
      toTemplate(input, PER_OBJECT, request, { ...sigV4(), s3ExpressIdentity: {} }),
    ).toBeUndefined();
    expect(toTemplate(input, PER_OBJECT, request, {})).toBeUndefined();
  },
);
