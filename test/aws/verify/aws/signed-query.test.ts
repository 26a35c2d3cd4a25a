import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { call, sign } from './signed-query';

const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG',
  sessionToken: 'token',
};

interface Sent {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** What the SDK sends. */
async function sentBySdk(): Promise<Sent> {
  let sent: Sent | undefined;
  const handle = async (request: Sent) => {
    sent = request;
    throw new Error('seen');
  };
  const client = new STSClient({
    region: 'eu-central-1',
    credentials: CREDENTIALS,
    maxAttempts: 1,
    requestHandler: { handle } as never,
  });
  await expect(client.send(new GetCallerIdentityCommand({}))).rejects.toThrow('seen');
  return sent!;
}

test('signs as the SDK does', async () => {
  const { headers, path, body } = await sentBySdk();
  const [, names] = /SignedHeaders=([^,]+)/.exec(headers.authorization!)!;
  const given = Object.fromEntries(
    names!
      .split(';')
      .filter((name) => !['x-amz-date', 'x-amz-security-token'].includes(name))
      .map((name) => [name, headers[name]!]),
  );
  const now = new Date(
    headers['x-amz-date']!.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'),
  );
  const signed = sign(CREDENTIALS, {
    region: 'eu-central-1',
    service: 'sts',
    path,
    headers: given,
    body,
    now,
  });
  expect(signed.authorization).toBe(headers.authorization);
});

test.each([
  ['<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>', 'AccessDenied'],
  ['{"__type":"com.amazonaws.athena#InvalidRequestException"}', 'InvalidRequestException'],
  ['nothing', 'HTTP 403'],
])('an error has its code and what came with it: %s', async (text, name) => {
  const server = createServer((_, response) =>
    response.writeHead(403, { 'retry-after': '1' }).end(text),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const request = { service: 'athena', headers: {}, body: '{}' };
    await expect(
      call({ region: 'eu-central-1', credentials: async () => CREDENTIALS, endpoint }, request),
    ).rejects.toMatchObject({
      name,
      $response: { statusCode: 403, headers: { 'retry-after': '1' } },
    });
  } finally {
    server.close();
  }
});
