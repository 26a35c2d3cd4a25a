import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tls from 'node:tls';
import {
  createHttpClient,
  type HttpClientOptions,
  type SendRequest,
  UnsupportedResponseError,
} from '../../../../src/lambda/throughput/http-client';

/** Decides for each request what happens on its connection. */
type Script = (socket: net.Socket, head: string) => void;

let server: net.Server;
let sockets: Set<net.Socket>;
let heads: string[];
let connections: number;

beforeEach(() => {
  sockets = new Set();
  heads = [];
  connections = 0;
});
afterEach(async () => {
  for (const socket of sockets) {
    socket.destroy();
  }
  await new Promise((resolve) => server.close(resolve));
});

function listen(script: Script, key?: { key: string; cert: string }): Promise<number> {
  const onConnection = (socket: net.Socket) => {
    connections++;
    sockets.add(socket);
    let received = '';
    socket
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1');
        if (!received.endsWith('\r\n\r\n')) {
          return;
        }
        heads.push(received);
        received = '';
        script(socket, heads.at(-1)!);
      });
  };
  server = key ? tls.createServer(key, onConnection) : net.createServer(onConnection);
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port)),
  );
}

const createClient = (options: Partial<HttpClientOptions> = {}) =>
  createHttpClient({
    connectionTimeout: 5_000,
    socketTimeout: 5_000,
    maxConnections: 50,
    ...options,
  });
const ask = async (send: SendRequest, port: number, more: object = {}, signal?: AbortSignal) => {
  const response = await send(
    {
      maxResponseSize: 64 * 1024,
      protocol: 'http:',
      hostname: '127.0.0.1',
      port,
      method: 'PUT',
      path: '/bucket/a%20b?x-id=CopyObject',
      headers: { host: 'h', 'x-amz-date': '2' },
      ...more,
    },
    signal,
  );
  return { ...response, body: response.body.toString() };
};

const plain = (body: string, head = '') =>
  `HTTP/1.1 200 OK\r\n${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const write =
  (text: string): Script =>
  (socket) =>
    socket.write(text);
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('the time of a response does not include the wait for a connection', async () => {
  // The first response takes long, and the second request has to wait for its connection.
  const port = await listen((socket) => {
    setTimeout(() => socket.write(plain('yes')), heads.length === 1 ? 300 : 0);
  });
  const send = createClient({ maxConnections: 1 });
  const [first, second] = await Promise.all([ask(send, port), ask(send, port)]);
  expect(connections).toBe(1);
  expect(second.milliseconds).toBeLessThan(first.milliseconds / 2);
});

test('the request has its headers, and no body', async () => {
  const port = await listen(write(plain('yes')));
  await ask(createClient(), port);
  const [requestLine, ...headers] = heads[0].trimEnd().split('\r\n');
  expect(requestLine).toBe('PUT /bucket/a%20b?x-id=CopyObject HTTP/1.1');
  expect(headers.sort()).toEqual([
    'connection: keep-alive',
    'content-length: 0',
    'host: h',
    'x-amz-date: 2',
  ]);
});

/**
 * Resolves when no connection is open any more. If one stays open, the time limit of the test ends
 * the wait.
 */
async function allClosed(): Promise<void> {
  while ([...sockets].some((socket) => !socket.destroyed && socket.readyState === 'open')) {
    await sleep(5);
  }
}

describe('a response', () => {
  test.each<[string, string, number, string]>([
    ['with a length', plain('<a>ü</a>'), 200, '<a>ü</a>'],
    ['that is empty', 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n', 204, ''],
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: ' +
        'chunked\r\n\r\n3\r\n<a>\r\nA\r\n0123456789\r\n0\r\n\r\n',
      200,
      '<a>0123456789',
    ],
    ['of a server without reasons', 'HTTP/1.1 503 \r\nContent-Length:2\r\n\r\nno', 503, 'no'],
  ])('%s', async (_, text, status, body) => {
    const port = await listen(write(text));
    expect(await ask(createClient(), port)).toMatchObject({ status, body });
  });

  test('has its headers, by their names in lower case', async () => {
    const port = await listen(
      write(plain('', 'X-Amz-Request-Id: 1A\r\nx-amz-server-side-encryption: aws:kms\r\n')),
    );
    const { headers } = await ask(createClient(), port);
    expect(headers).toMatchObject({
      'x-amz-request-id': '1A',
      'x-amz-server-side-encryption': 'aws:kms',
    });
  });

  test.each<[string, string]>([
    ['of another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['with a chunk of no size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n'],
    [
      'with a chunk of another size',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcdef\r\n',
    ],
  ])('%s is an unsupported one, and ends the connection', async (_, text) => {
    const port = await listen(write(text));
    await expect(ask(createClient(), port)).rejects.toThrow(UnsupportedResponseError);
    await allClosed();
  });

  test('that is larger than the request allows is refused', async () => {
    const port = await listen(
      write(`HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(70_000)}`),
    );
    await expect(ask(createClient(), port)).rejects.toThrow(/more than 65536 bytes/);
  });

  test.each<[string, Script]>([
    ['before it', (socket) => socket.destroy()],
    ['in the middle of its head', (socket) => socket.end('HTTP/1.1 200')],
    [
      'in the middle of its body',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'),
    ],
    [
      'between two chunks',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<a>\r\n'),
    ],
  ])('is none if the connection ends %s', async (_, script) => {
    const port = await listen(script);
    await expect(ask(createClient(), port)).rejects.toThrow();
  });
});

describe('connections', () => {
  test('stay open for the next request', async () => {
    const port = await listen(write(plain('yes')));
    const send = createClient();
    for (let i = 0; i < 5; i++) {
      await ask(send, port);
    }
    expect(connections).toBe(1);
  });

  test('are as many as active requests', async () => {
    const port = await listen((socket) => setTimeout(() => socket.write(plain('yes')), 50));
    const send = createClient();
    await Promise.all(Array.from({ length: 5 }, () => ask(send, port)));
    await Promise.all(Array.from({ length: 5 }, () => ask(send, port)));
    expect(connections).toBe(5);
  });

  test('are no more than allowed', async () => {
    const port = await listen((socket) => setTimeout(() => socket.write(plain('yes')), 10));
    const send = createClient({ maxConnections: 2 });
    await Promise.all(Array.from({ length: 6 }, () => ask(send, port)));
    expect(connections).toBe(2);
  });

  test.each<[string, Script, number]>([
    ['that the server ends with its response', write(plain('yes', 'Connection: close\r\n')), 0],
    ['that the server closes afterwards', (socket) => socket.end(plain('yes')), 30],
  ])('one %s is not used again', async (_, script, pause) => {
    const port = await listen(script);
    const send = createClient();
    for (let i = 0; i < 2; i++) {
      expect(await ask(send, port)).toMatchObject({ status: 200, body: 'yes' });
      await sleep(pause);
    }
    expect(connections).toBe(2);
  });

  test('one that was idle for long is not used again, since the server may have closed it', async () => {
    const port = await listen(write(plain('yes')));
    const send = createClient({ keepAliveTimeout: 30 });
    await ask(send, port);
    await sleep(60);
    await ask(send, port);
    expect(connections).toBe(2);
  });

  test('one that was idle while the function was frozen is not used again, although no timer ran', async () => {
    const port = await listen(write(plain('yes')));
    const send = createClient({ keepAliveTimeout: 30_000 });
    await ask(send, port);
    const thawed = Date.now() + 31_000;
    const now = jest.spyOn(Date, 'now').mockImplementation(() => thawed);
    await ask(send, port);
    now.mockRestore();
    expect(connections).toBe(2);
  });

  test('one on which something comes unasked is not used again', async () => {
    const port = await listen((socket) => {
      socket.write(plain('yes'));
      setTimeout(() => socket.write(plain('more')), 10);
    });
    const send = createClient();
    await ask(send, port);
    await sleep(40);
    expect(await ask(send, port)).toMatchObject({ body: 'yes' });
    expect(connections).toBe(2);
  });

  test.each<[string, Script]>([
    ['nothing', () => undefined],
    [
      'half a response',
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf'),
    ],
  ])('one on which %s comes ends with a timeout', async (_, script) => {
    const port = await listen(script);
    await expect(ask(createClient({ socketTimeout: 30 }), port)).rejects.toThrow(/Timeout/);
  });

  test('one that sends white space while S3 copies does not end with a timeout', async () => {
    const port = await listen((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      let pieces = 0;
      const timer = setInterval(() => {
        if (++pieces < 6) {
          return socket.write('1\r\n \r\n');
        }
        clearInterval(timer);
        return socket.write('3\r\nyes\r\n0\r\n\r\n');
      }, 100);
    });
    expect((await ask(createClient({ socketTimeout: 400 }), port)).body.trim()).toBe('yes');
  });

  test('one that is refused is an error', async () => {
    await listen(() => undefined);
    const closed = await new Promise<number>((resolve) => {
      const other = net.createServer().listen(0, '127.0.0.1', () => {
        const { port } = other.address() as net.AddressInfo;
        other.close(() => resolve(port));
      });
    });
    await expect(ask(createClient(), closed)).rejects.toThrow('ECONNREFUSED');
  });

  test('with TLS need a trusted certificate', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tls-'));
    const file = (name: string) => path.join(folder, name);
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        file('key'),
        '-out',
        file('cert'),
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
      ],
      { stdio: 'ignore' },
    );
    const [key, cert] = ['key', 'cert'].map((name) => fs.readFileSync(file(name), 'utf8'));
    fs.rmSync(folder, { recursive: true });
    const port = await listen(write(plain('secret')), { key, cert });
    await expect(
      ask(createClient(), port, { protocol: 'https:', headers: { host: '127.0.0.1' } }),
    ).rejects.toThrow(/self.signed/);
    expect(heads).toEqual([]);
    const module = jest.requireActual<typeof tls>('tls');
    const { connect } = module;
    const trusting = jest
      .spyOn(module, 'connect')
      .mockImplementation(((options: object) => connect({ ...options, ca: cert })) as never);
    const send = createClient();
    expect(
      await ask(send, port, { protocol: 'https:', headers: { host: '127.0.0.1' } }),
    ).toMatchObject({ status: 200, body: 'secret' });
    expect(
      await ask(send, port, { protocol: 'https:', headers: { host: '127.0.0.1' } }),
    ).toMatchObject({ status: 200, body: 'secret' });
    expect(trusting).toHaveBeenCalledTimes(1);
    trusting.mockRestore();
  });
});

describe('the signal', () => {
  test('ends all active requests, and those that come after it', async () => {
    const port = await listen(() => undefined);
    const send = createClient();
    const abort = new AbortController();
    const asked = Array.from({ length: 3 }, () => ask(send, port, {}, abort.signal));
    setTimeout(() => abort.abort(), 20);
    for (const each of await Promise.allSettled(asked)) {
      expect(each).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    }
    await expect(ask(send, port, {}, abort.signal)).rejects.toMatchObject({ name: 'AbortError' });
    await allClosed();
  });

  test('ends a request that waits for a connection, and it is never sent', async () => {
    const port = await listen((socket) => setTimeout(() => socket.write(plain('yes')), 60));
    const send = createClient({ maxConnections: 1 });
    const first = ask(send, port);
    const abort = new AbortController();
    const second = ask(send, port, {}, abort.signal);
    setTimeout(() => abort.abort(), 10);
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    await first;
    await sleep(20);
    expect(heads).toHaveLength(1);
  });

  test('does not touch a connection whose request has been answered', async () => {
    const port = await listen(write(plain('yes')));
    const send = createClient();
    const abort = new AbortController();
    await ask(send, port, {}, abort.signal);
    abort.abort();
    await ask(send, port);
    expect(connections).toBe(1);
  });
});

test.each([
  ['the path', { path: '/a b' }],
  ['the path', { path: '/a\r\nx: y' }],
  ['a header', { headers: { 'x-amz-copy-source-if-match': '"1"\r\nx-evil: yes' } }],
])('what could begin another line in %s is not sent', async (_, more) => {
  const port = await listen(write(plain('yes')));
  await expect(ask(createClient(), port, more)).rejects.toThrow(/invalid/);
  expect(heads).toEqual([]);
});
