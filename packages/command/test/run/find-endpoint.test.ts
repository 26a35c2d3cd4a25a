/** The function processes ask the S3 that the command asks. */
import { createClient } from '../../src/cli/client';
import { toEndpoint } from '../../src/run/find-endpoint';
import { DAYS, openCommand, OWNER, runWith } from '../helpers/run-command';

test.each([
  ['https:', 'ops.s3.eu-west-1.amazonaws.com', undefined, undefined],
  ['https:', 's3.cn-north-1.amazonaws.com.cn', undefined, undefined],
  ['https:', 'ops.s3-fips.us-gov-west-1.amazonaws.com', undefined, undefined],
  ['https:', 'ops.s3.dualstack.eu-west-1.amazonaws.com', undefined, undefined],
  ['http:', '127.0.0.1', 9000, 'http://127.0.0.1:9000'],
  ['http:', 'ops.localhost', 4566, 'http://localhost:4566'],
  ['https:', 'ops.s3.example.com', undefined, 'https://s3.example.com'],
  ['https:', 's3.amazonaws.example.com', undefined, 'https://s3.amazonaws.example.com'],
])('a request to %s//%s', (protocol, hostname, port, expected) =>
  expect(toEndpoint({ protocol, hostname, port }, 'ops')).toBe(expected),
);

test('an endpoint that no flag gives is that of the processes, too', async () => {
  const command = await openCommand();
  try {
    command.s3.store.put('source', 'incoming/a-2026-11-24.csv', 'a');
    const { summary } = await runWith(
      'archive',
      [
        ...['s3://source/incoming/', 's3://source/archive/', '--reports', 's3://reports/runs/'],
        ...[...DAYS, '--dry-run', '--json', '--expected-owner', OWNER],
      ],
      {
        createClient: (config) =>
          createClient({
            region: 'us-east-1',
            credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
            // As AWS_ENDPOINT_URL, or endpoint_url in a profile.
            endpoint: command.s3.endpoint,
            forcePathStyle: true,
            ...config,
          }),
      },
    );
    expect(summary?.counts).toMatchObject({ archived: 1 });
  } finally {
    await command.close();
  }
});
