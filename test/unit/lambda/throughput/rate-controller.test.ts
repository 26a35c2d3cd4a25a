import { Readable } from 'node:stream';
import { CopyObjectCommand, DeleteObjectsCommand, S3Client } from '@aws-sdk/client-s3';
import { limitRate, RateController } from '../../../../src/lambda/throughput/rate-controller';
import { simulatedTime } from '../../../helpers/simulated-time';

/** Time that passes only where somebody sleeps, or the test lets it. */
function manualClock() {
  let now = 1_000_000;
  return { now: () => now, sleep: async (ms: number) => { now += ms; }, pass: (ms: number) => { now += ms; } };
}

function controller(objectsPerSecond: number) {
  const clock = manualClock();
  const rate = new RateController(clock);
  rate.allow({ id: 'run', objectsPerSecond });
  const take = async (count: number) => {
    const start = clock.now();
    for (let i = 0; i < count; i++) { await rate.acquire(); }
    return clock.now() - start;
  };
  /** So many requests at the rate of the moment, some of which S3 refuses, spread among the others. */
  const answer = async (accepted: number, refused = 0) => {
    const turns: number[] = [];
    for (let i = 0; i < accepted + refused; i++) { turns.push(await rate.acquire()); }
    const isRefused = (i: number) => Math.floor((i + 1) * refused / turns.length) > Math.floor(i * refused / turns.length);
    turns.forEach((turn, i) => (isRefused(i) ? rate.onSlowDown(turn) : rate.onSuccess(turn)));
  };
  return { clock, rate, take, answer };
}

describe('requests go out', () => {
  test('evenly, at the allowed rate', async () => {
    expect(await controller(100).take(51)).toBeCloseTo(500, 0);
  });

  test('in their order', async () => {
    const time = simulatedTime();
    const rate = new RateController(time);
    rate.allow({ id: 'run', objectsPerSecond: 10 });
    const order: number[] = [];
    await time.until(Promise.all([0, 1, 2, 3].map(async (i) => {
      await rate.acquire();
      order.push(i);
    })));
    expect(order).toEqual([0, 1, 2, 3]);
  });

  test('faster for a while after a pause, until it is made up for', async () => {
    const { clock, take } = controller(100);
    await take(1);
    clock.pass(510);
    // 50 in the pause's stead and 50 in the time that they take.
    expect(await take(100)).toBeCloseTo(500, -2);
    expect(await take(100)).toBeCloseTo(1_000, -2);
  });

  test('with one second made up for at most', async () => {
    const { clock, take } = controller(10);
    await take(1);
    clock.pass(600_000);
    expect(await take(30)).toBeGreaterThan(1_800);
  });

  test('never at more than twice the rate', async () => {
    const { clock, take } = controller(10);
    await take(1);
    clock.pass(1_000);
    expect(await take(11)).toBeGreaterThanOrEqual(400);
  });
});

describe('the next batch', () => {
  test('of the same run goes on where the last one ended', async () => {
    const { clock, rate, take } = controller(10);
    await take(11);
    clock.pass(500);
    rate.allow({ id: 'run', objectsPerSecond: 10 });
    expect(await take(10)).toBeCloseTo(500, -2);
  });

  test('of the same run keeps to what S3 let through', async () => {
    const { rate, answer } = controller(100);
    await answer(5, 5);
    await answer(5, 5);
    const { current } = rate;
    expect(current).toBeLessThan(100);
    rate.allow({ id: 'run', objectsPerSecond: 100 });
    expect(rate.current).toBe(current);
  });

  test('of the same run is owed nothing where in the one before nothing was to be copied', async () => {
    const { clock, rate, take } = controller(10);
    await take(11);
    for (let skipped = 0; skipped < 2; skipped++) {
      clock.pass(500);
      rate.allow({ id: 'run', objectsPerSecond: 10 });
    }
    expect(await take(11)).toBeCloseTo(1_000, 0);
  });

  test('of another run starts anew: nothing is owed, nothing was refused', async () => {
    const { clock, rate, take, answer } = controller(10);
    await answer(2, 2);
    clock.pass(60_000);
    rate.allow({ id: 'another', objectsPerSecond: 10 });
    expect(rate.current).toBe(10);
    expect(await take(11)).toBeCloseTo(1_000, 0);
  });
});

describe('SlowDown', () => {
  test('lowers the rate to what S3 let through', async () => {
    const { rate, answer } = controller(1_000);
    await answer(140, 60);
    expect(rate.current).toBeCloseTo(700);
  });

  test('of a request that went out under another rate tells nothing of this one', async () => {
    const { clock, rate, answer } = controller(1_000);
    const early = await Promise.all(Array.from({ length: 200 }, () => rate.acquire()));
    await answer(140, 60);
    clock.pass(1_000);
    early.forEach((turn) => rate.onSlowDown(turn));
    expect(rate.current).toBeCloseTo(700);
  });

  test('never lowers it to nothing, however long S3 refuses', async () => {
    const { rate, answer } = controller(100);
    for (let i = 0; i < 100; i++) { await answer(0, 10); }
    expect(rate.current).toBeCloseTo(2);
  });

  test('leaves nothing to be made up for', async () => {
    const { clock, take, answer } = controller(10);
    clock.pass(1_000);
    await answer(0, 1);
    expect(await take(10)).toBeGreaterThanOrEqual(900);
  });

  test('is forgotten: little by little first, for it may be all that S3 allows, then in steps', async () => {
    const { rate, answer } = controller(1_000);
    await answer(50, 150);
    const rates = [rate.current];
    while (rate.current < 1_000) {
      await answer(Math.ceil(rate.current / 5));
      rates.push(rate.current);
    }
    expect(rates[1] / rates[0]).toBeCloseTo(1.05);
    expect(rates[3] / rates[2]).toBeCloseTo(1.2);
    expect(rates.length).toBeLessThan(8);
    await answer(1_000);
    expect(rate.current).toBe(1_000);
  });
});

test('who waits for a turn when the round ends waits no longer', async () => {
  const time = simulatedTime();
  const rate = new RateController(time);
  const round = new AbortController();
  rate.allow({ id: 'run', objectsPerSecond: 0.001 }, round.signal);
  await rate.acquire();
  const waiting = [rate.acquire(), rate.acquire()];
  round.abort();
  for (const turn of waiting) { await expect(turn).rejects.toThrow('the round ended'); }
  await expect(rate.acquire()).rejects.toThrow('the round ended');
  rate.allow({ id: 'another', objectsPerSecond: 10 }, new AbortController().signal);
  await time.until(rate.acquire());
});

test('what nobody waits for any more does not hold up the next round', async () => {
  const time = simulatedTime();
  const rate = new RateController(time);
  const round = new AbortController();
  rate.allow({ id: 'run', objectsPerSecond: 0.02 }, round.signal);
  await rate.acquire();
  const waiting = rate.acquire();
  for (let i = 0; i < 3; i++) { await Promise.resolve(); }
  const began = time.now();
  round.abort();
  await expect(waiting).rejects.toThrow('the round ended');
  rate.allow({ id: 'another', objectsPerSecond: 10 }, new AbortController().signal);
  await time.until(Promise.all([rate.acquire(), rate.acquire()]));
  expect(time.now() - began).toBeLessThan(1_000);
});

describe('govern', () => {
  function client(statusCode: number, body: string) {
    const requestHandler = { handle: async () => ({ response: { statusCode, headers: {}, body: Readable.from([Buffer.from(body)]) } }) };
    const s3 = new S3Client({ region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 's' }, maxAttempts: 1, requestHandler: requestHandler as never });
    const rate = new RateController(manualClock());
    rate.allow({ id: 'run', objectsPerSecond: 10 });
    limitRate(s3, rate);
    return { s3, rate, turn: jest.spyOn(rate, 'acquire') };
  }

  test('refused copies lower the rate', async () => {
    const { s3, rate, turn } = client(503, '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>');
    for (let i = 0; i < 4; i++) {
      await expect(s3.send(new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'b/s' }))).rejects.toThrow('reduce');
    }
    expect(turn).toHaveBeenCalledTimes(4);
    expect(rate.current).toBeCloseTo(5);
    expect(rate.isThrottled).toBe(true);
  });

  test('a copy that fails for another reason does not', async () => {
    const { s3, rate } = client(404, '<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>');
    for (let i = 0; i < 4; i++) {
      await expect(s3.send(new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'b/s' }))).rejects.toThrow('gone');
    }
    expect(rate.current).toBe(10);
  });

  test.each([[412, 'PreconditionFailed'], [403, 'AccessDenied'], [500, 'InternalError']])('an answer of %i was let through, and raises a rate that was lowered', async (status, code) => {
    const { s3, rate } = client(status, `<Error><Code>${code}</Code><Message>no</Message></Error>`);
    const send = () => s3.send(new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'b/s' }));
    for (let i = 0; i < 4; i++) { rate.onSlowDown(await rate.acquire()); }
    expect(rate.current).toBeCloseTo(5);
    for (let i = 0; i < 8; i++) { await expect(send()).rejects.toThrow('no'); }
    expect(rate.current).toBeGreaterThan(5);
  });

  test('of a request that was not answered nobody knows', async () => {
    const { s3, rate } = client(200, '');
    s3.config.requestHandler = { handle: async () => { throw Object.assign(new Error('reset'), { code: 'ECONNRESET' }); } } as never;
    for (let i = 0; i < 4; i++) { rate.onSlowDown(await rate.acquire()); }
    for (let i = 0; i < 8; i++) {
      await expect(s3.send(new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'b/s' }))).rejects.toThrow('reset');
    }
    expect(rate.current).toBeCloseTo(5);
  });

  test('keys that S3 refused inside the 200 of a bulk delete are heard of', async () => {
    const { s3, rate } = client(200, '<DeleteResult><Error><Key>k</Key><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error></DeleteResult>');
    expect(rate.isThrottled).toBe(false);
    await s3.send(new DeleteObjectsCommand({ Bucket: 'b', Delete: { Objects: [{ Key: 'k' }] } }));
    expect(rate.isThrottled).toBe(true);
    rate.allow({ id: 'another', objectsPerSecond: 10 });
    expect(rate.isThrottled).toBe(false);
  });

  test('keys that it refused for another reason are not', async () => {
    const { s3, rate } = client(200, '<DeleteResult><Error><Key>k</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>');
    await s3.send(new DeleteObjectsCommand({ Bucket: 'b', Delete: { Objects: [{ Key: 'k' }] } }));
    expect(rate.isThrottled).toBe(false);
  });

  test('a delete takes no turn: one request deletes a thousand objects', async () => {
    const { s3, turn } = client(200, '<DeleteResult/>');
    await s3.send(new DeleteObjectsCommand({ Bucket: 'b', Delete: { Objects: [{ Key: 'k' }] } }));
    expect(turn).not.toHaveBeenCalled();
  });
});
