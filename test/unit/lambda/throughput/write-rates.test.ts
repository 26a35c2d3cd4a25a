import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  type DeleteObjectsCommandOutput,
  RestoreObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { systemClock } from '../../../../src/lambda/s3/retry';
import {
  limitRate,
  withPacedDeletes,
  WriteRates,
} from '../../../../src/lambda/throughput/write-rates';

/** Time that passes only where the code sleeps. */
function manualClock() {
  let now = 1_000_000;
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

describe('limitRate', () => {
  function client(statusCode: number, body: string) {
    const requestHandler = {
      handle: async () => ({
        response: { statusCode, headers: {}, body: Readable.from([Buffer.from(body)]) },
      }),
    };
    const s3 = new S3Client({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      maxAttempts: 1,
      requestHandler: requestHandler as never,
    });
    const rates = new WriteRates(manualClock());
    rates.allow({ id: 'run', objectsPerSecond: 40 });
    limitRate(s3, rates);
    // A quarter of the limit, with the slow start of the copies.
    expect(rates.copies.current).toBe(10);
    return {
      s3,
      rates,
      rate: rates.copies,
      turn: jest.spyOn(rates.copies, 'acquire'),
      turnOfDelete: jest.spyOn(rates.deletes, 'acquire'),
    };
  }

  test('refused copies lower the rate', async () => {
    const { s3, rate, turn } = client(
      503,
      '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
    );
    for (let i = 0; i < 5; i++) {
      await expect(
        s3.send(new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'b/s' })),
      ).rejects.toThrow('reduce');
    }
    expect(turn).toHaveBeenCalledTimes(5);
    expect(rate.current).toBeCloseTo(3);
    expect(rate.isThrottled).toBe(true);
  });

  test('so do refused restores from Glacier', async () => {
    const { s3, rate, turn } = client(
      503,
      '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
    );
    for (let i = 0; i < 5; i++) {
      await expect(
        s3.send(new RestoreObjectCommand({ Bucket: 'b', Key: 'k', RestoreRequest: { Days: 1 } })),
      ).rejects.toThrow('reduce');
    }
    expect([turn.mock.calls.length, rate.isThrottled]).toEqual([5, true]);
  });

  test('a restore for which S3 has no capacity is no refusal, and slows no copy', async () => {
    const { s3, rate, turn } = client(
      503,
      '<Error><Code>GlacierExpeditedRetrievalNotAvailable</Code><Message>later</Message></Error>',
    );
    for (let i = 0; i < 20; i++) {
      await expect(
        s3.send(new RestoreObjectCommand({ Bucket: 'b', Key: 'k', RestoreRequest: { Days: 1 } })),
      ).rejects.toThrow('later');
    }
    expect([turn.mock.calls.length, rate.isThrottled]).toEqual([20, false]);
    expect(rate.current).toBeGreaterThanOrEqual(10);
  });

  test('a copy that fails for another reason does not', async () => {
    const { s3, rate } = client(
      404,
      '<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>',
    );
    for (let i = 0; i < 4; i++) {
      await expect(
        s3.send(new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'b/s' })),
      ).rejects.toThrow('gone');
    }
    expect(rate.current).toBeGreaterThanOrEqual(10);
  });

  test.each([
    [412, 'PreconditionFailed'],
    [403, 'AccessDenied'],
    [500, 'InternalError'],
  ])(
    'an answer of %i was let through, and raises a rate that was lowered',
    async (status, code) => {
      const { s3, rate } = client(
        status,
        `<Error><Code>${code}</Code><Message>no</Message></Error>`,
      );
      const send = () =>
        s3.send(new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'b/s' }));
      for (let i = 0; i < 5; i++) {
        rate.onAnswer(await rate.acquire(), 0, 1);
      }
      expect(rate.current).toBeCloseTo(3);
      for (let i = 0; i < 8; i++) {
        await expect(send()).rejects.toThrow('no');
      }
      expect(rate.current).toBeGreaterThan(3);
    },
  );

  test('a request that was not answered says nothing of the rate', async () => {
    const { s3, rate } = client(200, '');
    s3.config.requestHandler = {
      handle: async () => {
        throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      },
    } as never;
    for (let i = 0; i < 5; i++) {
      rate.onAnswer(await rate.acquire(), 0, 1);
    }
    for (let i = 0; i < 8; i++) {
      await expect(
        s3.send(new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'b/s' })),
      ).rejects.toThrow('reset');
    }
    expect(rate.current).toBeCloseTo(3);
  });

  const deleted = (...keys: string[]) =>
    new DeleteObjectsCommand({ Bucket: 'b', Delete: { Objects: keys.map((Key) => ({ Key })) } });
  const slowDown = (key: string) =>
    `<Error><Key>${key}</Key><Code>SlowDown</Code><Message>Please reduce your request ` +
    'rate.</Message></Error>';

  test('keys that S3 refused inside the 200 of a bulk delete lower the rate of the deletes alone', async () => {
    const { s3, rates } = client(
      200,
      `<DeleteResult>${slowDown('a')}${slowDown('b')}</DeleteResult>`,
    );
    expect(rates.isThrottled).toBe(false);
    for (let i = 0; i < 4; i++) {
      await s3.send(deleted('a', 'b', 'c', 'd'));
    }
    expect(rates.isThrottled).toBe(true);
    expect([rates.copies.current, rates.deletes.current]).toEqual([10, 5]);
    rates.allow({ id: 'another', objectsPerSecond: 40 });
    expect(rates.isThrottled).toBe(false);
  });

  test('keys that it refused for another reason do not', async () => {
    const { s3, rates } = client(
      200,
      '<DeleteResult><Error><Key>k</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>',
    );
    await s3.send(deleted('k'));
    expect(rates.isThrottled).toBe(false);
  });

  test('a delete waits for as many requests as it has keys, because S3 counts each', async () => {
    const { s3, turn, turnOfDelete } = client(200, '<DeleteResult/>');
    await s3.send(deleted('a', 'b', 'c'));
    expect(turn).not.toHaveBeenCalled();
    expect(turnOfDelete).toHaveBeenCalledWith(3, undefined);
  });

  test('a bulk delete that S3 refuses as a whole counts with all its keys', async () => {
    const { s3, rates } = client(
      503,
      '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
    );
    const answer = jest.spyOn(rates.deletes, 'onAnswer');
    await expect(s3.send(deleted('a', 'b', 'c'))).rejects.toThrow('reduce');
    expect(answer).toHaveBeenCalledWith(expect.any(Number), 0, 3);
  });
});

test('each attempt of the SDK waits for its turn, so the retries of refused copies are no burst', async () => {
  let sent = 0;
  const handle = async () => {
    sent++;
    return {
      response: {
        statusCode: 503,
        headers: {},
        body: Readable.from([Buffer.from('<Error><Code>SlowDown</Code></Error>')]),
      },
    };
  };
  const s3 = new S3Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    maxAttempts: 3,
    requestHandler: { handle } as never,
  });
  const rates = new WriteRates(systemClock);
  rates.allow({ id: 'run', objectsPerSecond: 4_000 });
  limitRate(s3, rates);
  const turn = jest.spyOn(rates.copies, 'acquire');
  await expect(
    s3.send(new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'b/s' })),
  ).rejects.toMatchObject({ name: 'SlowDown' });
  expect(sent).toBe(3);
  expect(turn).toHaveBeenCalledTimes(3);
});

describe('withPacedDeletes', () => {
  const objects = Array.from({ length: 250 }, (_, i) => ({ Key: `k${i}`, ETag: `e${i}` }));
  const command = new DeleteObjectsCommand({ Bucket: 'b', Delete: { Objects: objects } });
  type Sent = DeleteObjectsCommand['input'];
  const send = async (
    keysPerDelete: number,
    answer: (input: Sent) => Partial<DeleteObjectsCommandOutput>,
  ) => {
    const sent: Sent[] = [];
    const s3 = {
      send: async ({ input }: DeleteObjectsCommand) => {
        sent.push(input);
        return { $metadata: {}, ...answer(input) };
      },
    };
    const output = await withPacedDeletes(s3 as unknown as S3Client, { keysPerDelete }).send(
      command,
    );
    return { sent, output };
  };
  const deleteAll = ({ Delete }: Sent) => ({
    Deleted: Delete!.Objects!.map(({ Key }) => ({ Key })),
  });

  test('sends a delete that is small enough as it is', async () => {
    const { sent, output } = await send(1_000, deleteAll);
    expect(sent).toEqual([command.input]);
    expect(output.Deleted).toHaveLength(250);
  });

  test(
    'sends a larger one in parts, each with the conditions of its keys, and answers for all ' +
      'keys',
    async () => {
      const { sent, output } = await send(100, (input) => ({
        ...deleteAll(input),
        Errors: [{ Key: input.Delete!.Objects![0].Key, Code: 'SlowDown' }],
      }));
      expect(sent.map(({ Delete }) => Delete!.Objects!.length)).toEqual([100, 100, 50]);
      expect(sent.flatMap(({ Delete }) => Delete!.Objects!)).toEqual(objects);
      expect(output.Deleted).toEqual(objects.map(({ Key }) => ({ Key })));
      expect(output.Errors!.map(({ Key }) => Key)).toEqual(['k0', 'k100', 'k200']);
    },
  );

  test('keeps the answers of the parts beside one that fails', async () => {
    let parts = 0;
    const { sent, output } = await send(100, (input) => {
      if (++parts === 2) {
        throw new Error('reset');
      }
      return deleteAll(input);
    });
    expect(sent).toHaveLength(3);
    expect(output.Deleted).toEqual(
      objects.filter((_, i) => i < 100 || i >= 200).map(({ Key }) => ({ Key })),
    );
  });

  test('fails if all parts do', async () => {
    await expect(
      send(100, () => {
        throw new Error('reset');
      }),
    ).rejects.toThrow('reset');
  });

  test('leaves other requests alone', async () => {
    const s3 = { send: jest.fn(async () => ({})) };
    const other = new CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'b/s' });
    await withPacedDeletes(s3 as unknown as S3Client, { keysPerDelete: 1 }).send(other);
    expect(s3.send).toHaveBeenCalledWith(other, undefined);
  });
});

describe('a delete has', () => {
  function ratesOf(objectsPerSecond: number, maxConcurrency?: number) {
    const rates = new WriteRates(manualClock());
    rates.allow({ id: 'run', objectsPerSecond, maxConcurrency });
    return rates;
  }

  test('all keys of a batch in the default plan', () => {
    expect(ratesOf(750, 2).keysPerDelete).toBe(1_000);
  });

  test('fewer keys the more batches may delete at the same time', () => {
    expect(ratesOf(700, 5).keysPerDelete).toBe(400);
    expect(ratesOf(4_000, 100).keysPerDelete).toBe(20);
  });

  test('fewer keys if the limit is low', () => {
    expect(ratesOf(60).keysPerDelete).toBe(80);
  });

  test('once S3 has refused something, as many keys as the rate allows in a tenth of a second', () => {
    const rates = ratesOf(4_000);
    rates.copies.onAnswer(-1, 0, 1);
    expect(rates.keysPerDelete).toBe(100);
  });

  test('twenty however low the rate is', () => {
    expect(ratesOf(10).keysPerDelete).toBe(20);
  });
});

describe('deletes are', () => {
  /** Copies of which S3 lets through 100 a second, although the batch may send more. */
  function ratesAfterCopies(refused: number) {
    const clock = manualClock();
    const rates = new WriteRates(clock);
    rates.allow({ id: 'run', objectsPerSecond: 1_000 });
    rates.copies.onAnswer(-1, 0, refused);
    for (let i = 0; i < 31; i++) {
      void clock.sleep(100);
      rates.copies.onAnswer(-1, 10, 0);
    }
    return rates;
  }

  test('a little faster than the copies that S3 lets through, once it has refused something', () => {
    const { copies, deletes } = ratesAfterCopies(1);
    expect(copies.delivered).toBeCloseTo(100, -1);
    expect(copies.current).toBeGreaterThan(200);
    expect(deletes.current).toBeCloseTo(copies.delivered * 1.25);
  });

  test('a little faster than the copies may be until then, because the batch waits for them', () => {
    const { copies, deletes } = ratesAfterCopies(0);
    expect(deletes.current).toBeCloseTo(1.1 * copies.current, 6);
  });
});
