import { Readable } from 'stream';
import { CopyObjectCommand, DeleteObjectsCommand, S3Client } from '@aws-sdk/client-s3';
import { govern, RateController } from '../../src/core/rate';

/** Time that passes only where somebody sleeps. */
function manualClock() {
  let now = 1_000_000;
  return { now: () => now, sleep: async (ms: number) => { now += ms; }, pass: (ms: number) => { now += ms; } };
}

test('spaces requests evenly at the allowed rate', async () => {
  const clock = manualClock();
  const rate = new RateController(clock);
  rate.allow(100);
  const start = clock.now();
  for (let i = 0; i < 50; i++) await rate.turn();
  expect(clock.now() - start).toBeCloseTo(490, 0);
});

test('an idle time is not saved up for a burst', async () => {
  const clock = manualClock();
  const rate = new RateController(clock);
  rate.allow(10);
  clock.pass(60_000);
  const start = clock.now();
  for (let i = 0; i < 11; i++) await rate.turn();
  expect(clock.now() - start).toBeCloseTo(1_000, 0);
});

test('SlowDown lowers the rate once a second, success raises it again up to the allowed one', () => {
  const clock = manualClock();
  const rate = new RateController(clock);
  rate.allow(100);
  for (let i = 0; i < 20; i++) rate.slowDown();
  expect(rate.current).toBeCloseTo(70);
  clock.pass(1_000);
  rate.slowDown();
  expect(rate.current).toBeCloseTo(49);
  clock.pass(1_000);
  rate.succeeded();
  expect(rate.current).toBeCloseTo(59);
  clock.pass(60_000);
  rate.succeeded();
  expect(rate.current).toBe(100);
});

test('never falls to nothing, however long S3 refuses', () => {
  const clock = manualClock();
  const rate = new RateController(clock);
  rate.allow(100);
  for (let i = 0; i < 100; i++) {
    rate.slowDown();
    clock.pass(1_000);
  }
  expect(rate.current).toBeCloseTo(2);
});

describe('govern', () => {
  function client(statusCode: number, body: string) {
    const requestHandler = { handle: async () => ({ response: { statusCode, headers: {}, body: Readable.from([Buffer.from(body)]) } }) };
    const s3 = new S3Client({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' }, maxAttempts: 1, requestHandler: requestHandler as never });
    const rate = new RateController(manualClock());
    rate.allow(100);
    govern(s3, rate);
    return { s3, rate, turn: jest.spyOn(rate, 'turn') };
  }

  test('a refused copy lowers the rate', async () => {
    const { s3, rate, turn } = client(503, '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>');
    await expect(s3.send(new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'b/s' }))).rejects.toThrow('reduce');
    expect(turn).toHaveBeenCalledTimes(1);
    expect(rate.current).toBeCloseTo(70);
  });

  test('a delete takes no turn: one request deletes a thousand objects', async () => {
    const { s3, turn } = client(200, '<DeleteResult/>');
    await s3.send(new DeleteObjectsCommand({ Bucket: 'b', Delete: { Objects: [{ Key: 'k' }] } }));
    expect(turn).not.toHaveBeenCalled();
  });
});
