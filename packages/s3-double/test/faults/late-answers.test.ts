import { Agent, request } from 'node:http';
import type { Fault, S3Double, S3DoubleOptions } from '../../src';
import { startDouble } from '../start-double';

let double: S3Double;

async function start(options: S3DoubleOptions): Promise<void> {
  ({ double } = await startDouble('source', options));
  double.store.put('bucket', 'other', 'other content');
}

interface Received {
  readonly status?: number;
  readonly id: string;
  readonly text: string;
}

const connection = new Agent({ keepAlive: true, maxSockets: 1 });
afterEach(() => connection.destroy());

/** Sends a request on the one connection. */
function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    request(
      `${double.endpoint}/bucket/${path}`,
      { method, headers, agent: connection, signal },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            id: String(response.headers['x-amz-request-id']),
            text,
          }),
        );
      },
    )
      .on('error', reject)
      .end();
  });
}

const copy = (key: string, from: string) =>
  send('PUT', key, { 'x-amz-copy-source': `bucket/${from}` });

/** Injects a fault into the requests for one key. */
const on = (key: string, fault: Fault): S3DoubleOptions => ({
  hooks: { before: (call) => (call.key === key ? fault : undefined) },
});

describe('StaleAnswer', () => {
  test.each([[true], [false]])(
    'is the answer to the request before, with its request id, executed: %s',
    async (executed) => {
      await start(on('second', { kind: 'StaleAnswer', executed }));
      const first = await copy('first', 'source');
      expect(first.text).toContain('CopyObjectResult');
      expect(await copy('second', 'other')).toEqual(first);
      expect(double.store.get('bucket', 'second') !== undefined).toBe(executed);
      expect((await copy('third', 'other')).id).not.toBe(first.id);
    },
  );

  test('hits no request that is the first of its connection', async () => {
    await start({ faults: { seed: 1, rules: [{ kind: 'StaleAnswer', probability: 1 }] } });
    expect((await send('GET', 'source')).text).toBe('content');
    expect(double.faultsInjected).toEqual({});
    expect((await send('GET', 'other')).text).toBe('content');
    expect(double.faultsInjected).toEqual({ StaleAnswer: 1 });
  });

  test('the answer to a HEAD, as the answer to a GET, announces no body', async () => {
    await start(on('other', { kind: 'StaleAnswer' }));
    const head = await send('HEAD', 'source');
    expect(await send('GET', 'other')).toEqual(head);
  });
});

/** Sends a request whose client gives up as soon as the double has got it. */
async function giveUp(
  kind: 'LateAnswer' | 'LateOperation',
): Promise<{ before: boolean; after: boolean }> {
  const patience = new AbortController();
  const isDone = () => double.store.get('bucket', 'copy') !== undefined;
  let arrived!: () => void;
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  let done!: () => void;
  const end = new Promise<void>((resolve) => {
    done = resolve;
  });
  await start({
    hooks: {
      before: () => {
        setImmediate(arrived);
        return { kind };
      },
      after: () => done(),
    },
  });
  const answer = send('PUT', 'copy', { 'x-amz-copy-source': 'bucket/source' }, patience.signal);
  const refused = expect(answer).rejects.toThrow('abort');
  await arrival;
  const before = isDone();
  patience.abort();
  await refused;
  await end;
  return { before, after: isDone() };
}

test('LateAnswer does the operation, and its client gives up without an answer', async () => {
  expect(await giveUp('LateAnswer')).toEqual({ before: true, after: true });
});

test('LateOperation does the operation after its client gave up', async () => {
  expect(await giveUp('LateOperation')).toEqual({ before: false, after: true });
});

test.each(['LateAnswer', 'LateOperation'] as const)(
  '%s answers a client that is more patient than `ms`',
  async (kind) => {
    await start(on('copy', { kind, ms: 1 }));
    expect((await copy('copy', 'source')).status).toBe(200);
    expect(double.store.get('bucket', 'copy')).toBeDefined();
  },
);
