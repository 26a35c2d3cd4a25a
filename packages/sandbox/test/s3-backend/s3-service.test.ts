import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openSandbox } from '../../src/internal';
import { archiverTemplate, cleanUp, writeAssembly } from '../fixtures/assembly';

afterAll(cleanUp);

/**
 * Returns the error of opening a sandbox on an S3 that answers every HEAD with one status and every
 * other request with another.
 */
async function refusal(head: number, other: number, body?: string): Promise<unknown> {
  const server = createServer(({ method }, response) =>
    method === 'HEAD' ? response.writeHead(head).end() : response.writeHead(other).end(body),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const app = writeAssembly([{ name: 'Stack', template: archiverTemplate() }]);
    return await openSandbox({ app, endpoint, buckets: { Source: 'mine' } }).then(
      (sandbox) => sandbox.close(),
      ({ name, message }: Error) => `${name}: ${message.replace(endpoint, 'URL')}`,
    );
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test.each([
  [
    403,
    200,
    'answers 403 for the bucket mine: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to ' +
      'credentials that may use it',
  ],
  [401, 200, 'answers 401 for the bucket mine: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'],
  [
    301,
    200,
    "answers 301 for the bucket mine: it is in another region than us-east-1, the stack's",
  ],
  [404, 403, 'answers 403 for the bucket mine: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'],
  [404, 409, 'answers 409 for the bucket mine: somebody else has it'],
])(
  'an S3 that answers %d to HeadBucket, %d to CreateBucket: a sentence says what to set',
  async (head, other, message) => {
    expect(await refusal(head, other)).toContain(`UsageError: --endpoint URL ${message}`);
  },
);

test('a name that the embedded S3 does not take is said, too', async () => {
  const app = writeAssembly([{ name: 'Stack', template: archiverTemplate() }]);
  await expect(openSandbox({ app, buckets: { Source: 'Not_A_Bucket' } })).rejects.toThrow(
    expect.objectContaining({
      name: 'UsageError',
      message:
        'the embedded S3 answers 400 for the bucket Not_A_Bucket: give another name with ' +
        '--bucket LOGICALID=NAME',
    }),
  );
});

test('what another S3 says in its error cannot write on the terminal', async () => {
  const body =
    '<?xml ' +
    'version="1.0"?><Error><Code>Denied&#155;2J</Code><Message>no\u009b2J\n\u202eSUCCEEDED\u3164</Message></Error>';
  const message = String(await refusal(404, 403, body));
  expect(message).toMatch(
    /^UsageError: --endpoint URL answers 403 for the bucket mine \(Denied\\u\{9b\}2J: no\\u\{9b\}2J\\u\{a\}\\u\{202e\}SUCCEEDED\\u\{3164\}\): set /,
  );
  expect(message).toMatch(/^[\x20-\x7e]*$/);
});

test('a bucket with a default retention gives it to new objects', async () => {
  const template = archiverTemplate();
  template.Resources.Source.Properties = {
    ObjectLockEnabled: true,
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Years: 1 } },
    },
  };
  const sandbox = await openSandbox({ app: writeAssembly([{ name: 'Stack', template }]) });
  try {
    const { status } = await fetch(`${sandbox.s3Endpoint}/${sandbox.sourceBucket}/key`, {
      method: 'PUT',
      body: 'x',
    });
    expect(status).toBe(200);
    const { attributes, lastModified } = sandbox.s3!.store.get(sandbox.sourceBucket, 'key')!;
    const until = new Date(lastModified);
    until.setUTCFullYear(until.getUTCFullYear() + 1);
    expect(attributes.lock).toEqual({ mode: 'GOVERNANCE', retainUntil: until.getTime() });
  } finally {
    await sandbox.close();
  }
});
