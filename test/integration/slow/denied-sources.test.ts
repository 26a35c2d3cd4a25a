/**
 * The writer of sources, or of a policy about them, cannot stop a run: all other objects are
 * archived, and there is a report.
 */
import { type Rehearsal, shareRehearsals } from '../../helpers/run-in-sandbox';

let rehearsal: Rehearsal;
const share = shareRehearsals();
afterEach(() => {
  const { sandbox } = rehearsal;
  for (const bucket of sandbox.bucketNames) {
    sandbox.s3!.store.putPolicy(bucket, undefined);
  }
});

const NOW = '2026-11-25T01:00:00Z';
const BAD = 'in/bad/';

/** A bucket policy that denies an action on the bad objects. */
function deny(Action: string): void {
  const { sandbox } = rehearsal;
  const Resource = `arn:aws:s3:::${sandbox.sourceBucket}/${BAD}*`;
  sandbox.s3!.store.putPolicy(sandbox.sourceBucket, {
    Statement: [{ Effect: 'Deny', Principal: '*', Action, Resource }],
  });
}

function put(good: number, bad: number): void {
  for (let i = 0; i < good; i++) {
    rehearsal.put(`in/good/${i}-2026-11-24.log`);
  }
  for (let i = 0; i < bad; i++) {
    rehearsal.put(`${BAD}${i}-2026-11-24.log`);
  }
}

test.each([
  ['s3:GetObject', 500, 10],
  ['s3:GetObject', 500, 100],
  ['s3:GetObject', 0, 30],
  ['s3:DeleteObject', 100, 10],
  ['s3:DeleteObject', 0, 30],
])(
  '%s is denied: %d other objects are archived, and the run fails because of %d objects, with a ' +
    'report',
  async (action, good, bad) => {
    rehearsal = await share({ prefix: 'in/' });
    put(good, bad);
    deny(action);
    const { status, error, counts, report } = await rehearsal.sandbox.run({ now: NOW });
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'ToleranceExceeded' });
    expect(counts).toEqual({
      listed: good + bad,
      archived: good,
      skipped: 0,
      conflicting: 0,
      failed: bad,
    });
    expect(report).toBeDefined();
    expect(rehearsal.source()).toHaveLength(bad);
  },
);

test('within the tolerance, the run succeeds', async () => {
  rehearsal = await share({ prefix: 'in/', toleratedFailurePercentage: 50 });
  put(100, 10);
  deny('s3:GetObject');
  const { status, counts } = await rehearsal.sandbox.run({ now: NOW });
  expect({ status, counts }).toMatchObject({
    status: 'SUCCEEDED',
    counts: { archived: 100, failed: 10 },
  });
});

test('what the destination denies stops the run early', async () => {
  rehearsal = await share({ prefix: 'in/' });
  put(30, 0);
  const { sandbox } = rehearsal;
  const Resource = `arn:aws:s3:::${sandbox.destinationBucket}/archive/*`;
  sandbox.s3!.store.putPolicy(sandbox.destinationBucket, {
    Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource }],
  });
  const { status, error, alerts } = await sandbox.run({ now: NOW });
  expect(status).toBe('FAILED');
  expect(error).not.toBe('ToleranceExceeded');
  expect(alerts[0].message).toContain('s3:PutObject');
});
