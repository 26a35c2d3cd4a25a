/** Pages that a user visits cannot use the servers on loopback. */
import { type ClientRequest, request } from 'node:http';
import { type S3Double, startS3 } from '../src';

let double: S3Double;
beforeAll(async () => {
  double = await startS3();
  double.store.createBucket('bucket');
  double.store.put('bucket', 'kept', 'x');
});
afterAll(() => double.close());

function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(
      `${double.endpoint}${path}`,
      { method, headers },
      (answer) => {
        let text = '';
        answer
          .on('data', (chunk) => {
            text += chunk;
          })
          .on('end', () => resolve({ status: answer.statusCode!, text }));
      },
    );
    sent.on('error', reject).end(body);
  });
}

test.each([
  'attacker.example',
  'attacker.example:9000',
  '127.0.0.1.attacker.example',
  'localhost.attacker.example',
  '10.0.0.1',
  '169.254.169.254',
  '[fe80::1]',
])('a name that was rebound to loopback is refused: Host %j', async (host) => {
  const { status, text } = await send('GET', '/bucket/kept', { host });
  expect([status, text]).toEqual([403, expect.stringContaining('<Code>AccessDenied</Code>')]);
  expect(text).toContain('this server is for this machine only');
});

test.each([
  'http://attacker.example',
  'https://127.0.0.1.attacker.example',
  'null',
  'https://localhost.attacker.example:8443',
  'file://',
  'https://attacker.example/127.0.0.1',
])('a form of another site is refused before anything happens: Origin %s', async (origin) => {
  const body = '<Delete><Object><Key>kept</Key></Object></Delete>';
  const { status } = await send(
    'POST',
    '/bucket?delete',
    { origin, 'content-type': 'text/plain', 'x-amz-checksum-crc32': 'AAAAAA==' },
    body,
  );
  expect(status).toBe(403);
  expect(double.store.keys('bucket')).toEqual(['kept']);
});

test.each<Record<string, string>>([
  { host: 'localhost' },
  { host: '127.0.0.1' },
  { host: '[::1]:9000' },
  { host: 'bucket.localhost:9000' },
  { origin: 'http://localhost:5173' },
  { origin: 'https://127.0.0.1' },
])('programs and pages of this machine are served: %j', async (headers) => {
  expect(await send('GET', '/bucket/kept', headers)).toEqual({ status: 200, text: 'x' });
});
