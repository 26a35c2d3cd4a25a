/** Ten thousand objects fail. There is one message, which SNS accepts and a person can read. */
import type { AlertDetails } from '../../../../src/contract/alert-details';
import { rehearse, type Rehearsal } from '../../../helpers/run-in-sandbox';

jest.setTimeout(240_000);

const COUNT = 10_000;
/** The limit for a message with its attributes ("Amazon SNS message attributes"). */
const LIMIT = 256 * 1024;

let rehearsal: Rehearsal;
afterEach(() => rehearsal.close());

test('ten thousand failed objects make one short message', async () => {
  rehearsal = await rehearse(
    { maxObjectsPerSecond: 100_000 },
    {
      // Each object fails by itself. A missing permission would end the run at the first batch.
      s3: {
        hooks: {
          before: ({ operation }) =>
            operation === 'CopyObject'
              ? { kind: 'Error', status: 400, code: 'InvalidTag', message: 'x'.repeat(500) }
              : undefined,
        },
      },
    },
  );
  for (let i = 0; i < COUNT; i++) {
    rehearsal.put(
      `incoming/${String(i).padStart(5, '0')}-${'\u0000é'.repeat(200)}-2026-11-24.csv`,
      'x',
    );
  }
  const summary = await rehearsal.sandbox.run({ input: { date: '2026-11-24' } });
  expect(summary).toMatchObject({ status: 'FAILED', counts: { listed: COUNT, failed: COUNT } });

  const { published } = rehearsal.sandbox;
  expect(published).toHaveLength(1);
  const [{ message, attributes }] = published;
  const bytes = {
    message: Buffer.byteLength(message),
    attributes: Buffer.byteLength(JSON.stringify(attributes)),
  };
  console.info(
    `10,000 failing keys: a message of ${bytes.message} bytes, attributes of ` +
      `${bytes.attributes} bytes`,
  );
  expect(bytes.message).toBeLessThan(16 * 1024);
  expect(bytes.message + bytes.attributes).toBeLessThan(LIMIT / 8);
  expect(message).toContain('and 9,990 more in the ledger');
  expect((JSON.parse(attributes.details!) as AlertDetails).reasons).toEqual([
    { status: 'failed', code: 'UNEXPECTED', count: COUNT },
  ]);
});
