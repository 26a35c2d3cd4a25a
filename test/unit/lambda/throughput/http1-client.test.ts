import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tls from 'node:tls';
import { type SendShort, type ShortHttpOptions, shortHttp, UnknownAnswer } from '../../../../src/lambda/throughput/http1-client';

/** Says of each request what to do on its connection. */
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
  for (const socket of sockets) { socket.destroy(); }
  await new Promise((resolve) => server.close(resolve));
});

function answering(script: Script, key?: { key: string; cert: string }): Promise<number> {
  const connected = (socket: net.Socket) => {
    connections++;
    sockets.add(socket);
    let received = '';
    socket.on('error', () => undefined).on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (!received.endsWith('\r\n\r\n')) { return; }
      heads.push(received);
      received = '';
      script(socket, heads.at(-1)!);
    });
  };
  server = key ? tls.createServer(key, connected) : net.createServer(connected);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port)));
}

const client = (options: Partial<ShortHttpOptions> = {}) => shortHttp({ connectionTimeout: 5_000, requestTimeout: 5_000, ...options });
const ask = (send: SendShort, port: number, more: object = {}, signal?: AbortSignal) =>
  send({ protocol: 'http:', hostname: '127.0.0.1', port, method: 'PUT', path: '/bucket/a%20b?x-id=CopyObject', headers: { 'host': 'h', 'x-amz-date': '2' }, ...more }, signal);

const plain = (body: string, head = '') => `HTTP/1.1 200 OK\r\n${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const write = (text: string): Script => (socket) => socket.write(text);

test('the request has its headers, and no body', async () => {
  const port = await answering(write(plain('yes')));
  await ask(client(), port);
  expect(heads).toEqual(['PUT /bucket/a%20b?x-id=CopyObject HTTP/1.1\r\nhost: h\r\nx-amz-date: 2\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n']);
});

describe('an answer', () => {
  test.each<[string, string, number, string]>([
    ['with a length', plain('<a>ü</a>'), 200, '<a>ü</a>'],
    ['that is empty', 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n', 204, ''],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<a>\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n', 200, '<a>0123456789'],
    ['in one chunk that is empty', 'HTTP/1.1 412 Precondition Failed\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 412, ''],
    ['of a server without reasons', 'HTTP/1.1 503 \r\nContent-Length:2\r\n\r\nno', 503, 'no'],
  ])('%s', async (_, text, status, body) => {
    const port = await answering(write(text));
    expect(await ask(client(), port)).toEqual({ status, body });
  });

  test.each([plain('<CopyObjectResult>ü</CopyObjectResult>'), 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n\n\n\n\n\n\r\n4\r\n<ü>\r\n0\r\n\r\n'])(
    'that comes byte by byte is the same', async (text) => {
      const whole = await answering(write(text)).then((port) => ask(client(), port));
      server.close();
      const port = await answering((socket) => {
        socket.setNoDelay(true);
        let at = 0;
        const bytes = Buffer.from(text);
        const next = () => { if (at < bytes.length) { socket.write(bytes.subarray(at, ++at), () => setImmediate(next)); } };
        next();
      });
      expect(await ask(client(), port)).toEqual(whole);
    });

  test.each<[string, string, RegExp]>([
    ['of another protocol', 'SSH-2.0-OpenSSH\r\n\r\n', /not an answer/],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', /not an answer/],
    ['that is to be continued', 'HTTP/1.1 100 Continue\r\n\r\n', /not an answer/],
    ['without a length', 'HTTP/1.1 200 OK\r\n\r\nbody', /without a length/],
    ['with a chunk of no size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n', /without a size/],
    ['with a chunk of another size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcdef\r\n', /another size/],
    ['with trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx: y\r\n\r\n', /trailers/],
    ['with bytes beyond it', `${plain('a')}HTTP/1.1`, /beyond/],
    ['without an end', `HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(70_000)}`, /longer than expected/],
  ])('%s is none', async (_, text, error) => {
    const port = await answering(write(text));
    const answer = ask(client(), port);
    await expect(answer).rejects.toThrow(error);
    expect(await answer.catch((reason: unknown) => reason instanceof UnknownAnswer)).toBe(!/beyond|longer/.test(error.source));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([...sockets].every((socket) => socket.destroyed || socket.readyState !== 'open')).toBe(true);
  });

  test.each<[string, Script]>([
    ['before it', (socket) => socket.destroy()],
    ['in the middle of its head', (socket) => socket.end('HTTP/1.1 200')],
    ['in the middle of its body', (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')],
    ['between two chunks', (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<a>\r\n')],
  ])('a connection that ends %s brings none', async (_, script) => {
    const port = await answering(script);
    await expect(ask(client(), port)).rejects.toThrow(/closed|ECONNRESET/);
  });
});

describe('connections', () => {
  test('stay open for the next request', async () => {
    const port = await answering(write(plain('yes')));
    const send = client();
    for (let i = 0; i < 5; i++) { await ask(send, port); }
    expect(connections).toBe(1);
  });

  test('are as many as requests under way', async () => {
    const port = await answering((socket) => setTimeout(() => socket.write(plain('yes')), 50));
    const send = client();
    await Promise.all(Array.from({ length: 5 }, () => ask(send, port)));
    await Promise.all(Array.from({ length: 5 }, () => ask(send, port)));
    expect(connections).toBe(5);
  });

  test.each<[string, Script, number]>([
    ['that the server ends with its answer', write(plain('yes', 'Connection: close\r\n')), 0],
    ['that the server closes afterwards', (socket) => socket.end(plain('yes')), 30],
  ])('one %s is not used again', async (_, script, pause) => {
    const port = await answering(script);
    const send = client();
    for (let i = 0; i < 2; i++) {
      expect(await ask(send, port)).toEqual({ status: 200, body: 'yes' });
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    expect(connections).toBe(2);
  });

  test('one that was idle for long is not used again, since it may be dead without a word', async () => {
    const port = await answering(write(plain('yes')));
    const send = client({ idleTimeout: 30 });
    await ask(send, port);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await ask(send, port);
    expect(connections).toBe(2);
  });

  test('one on which something comes unasked is not used again', async () => {
    const port = await answering((socket) => { socket.write(plain('yes')); setTimeout(() => socket.write(plain('more')), 10); });
    const send = client();
    await ask(send, port);
    await new Promise((resolve) => setTimeout(resolve, 40));
    await ask(send, port);
    expect(connections).toBe(2);
  });

  test('one that is refused, and one that nobody answers on, are errors', async () => {
    const port = await answering(() => undefined);
    await expect(ask(client({ requestTimeout: 30 }), port)).rejects.toThrow('no answer for 30 ms');
    const closed = await new Promise<number>((resolve) => {
      const other = net.createServer().listen(0, '127.0.0.1', () => {
        const { port: free } = other.address() as net.AddressInfo;
        other.close(() => resolve(free));
      });
    });
    await expect(ask(client(), closed)).rejects.toThrow('ECONNREFUSED');
  });

  test('to the same host with TLS are others, and need its certificate', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tls-'));
    const file = (name: string) => path.join(folder, name);
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', file('key'), '-out', file('cert'), '-days', '2', '-subj', '/CN=localhost',
      '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
    const [key, cert] = ['key', 'cert'].map((name) => fs.readFileSync(file(name), 'utf8'));
    fs.rmSync(folder, { recursive: true });
    const port = await answering(write(plain('secret')), { key, cert });
    await expect(ask(client(), port, { protocol: 'https:' })).rejects.toThrow(/self.signed/);
    expect(heads).toEqual([]);
    const module = jest.requireActual<typeof tls>('tls');
    const { connect } = module;
    const trusting = jest.spyOn(module, 'connect').mockImplementation(((options: object) => connect({ ...options, ca: cert })) as never);
    const send = client();
    expect(await ask(send, port, { protocol: 'https:' })).toEqual({ status: 200, body: 'secret' });
    expect(await ask(send, port, { protocol: 'https:' })).toEqual({ status: 200, body: 'secret' });
    expect(trusting).toHaveBeenCalledTimes(1);
    trusting.mockRestore();
  });
});

describe('the signal', () => {
  test('ends all that is under way, and what comes after it', async () => {
    const port = await answering(() => undefined);
    const send = client();
    const abort = new AbortController();
    const asked = Array.from({ length: 3 }, () => ask(send, port, {}, abort.signal));
    setTimeout(() => abort.abort(), 20);
    for (const each of await Promise.allSettled(asked)) {
      expect(each).toMatchObject({ status: 'rejected', reason: { message: 'aborted' } });
    }
    await expect(ask(send, port, {}, abort.signal)).rejects.toThrow('aborted');
  });

  test('does not touch a connection that has been answered', async () => {
    const port = await answering(write(plain('yes')));
    const send = client();
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
  ['a header', { headers: { 'x-amz-meta': 'ü' } }],
])('what could begin another line in %s is not sent', async (_, more) => {
  const port = await answering(write(plain('yes')));
  await expect(ask(client(), port, more)).rejects.toThrow(/not encoded|characters/);
  expect(heads).toEqual([]);
});
