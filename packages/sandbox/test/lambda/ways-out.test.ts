/**
 * Functions in the sandbox reach the servers of the sandbox and nothing else. Each way out is tried
 * by a function, as a control first on the sandbox's server, and then on a server that stands for
 * everything else.
 */
import * as fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { FunctionHost, type FunctionSpec } from 'cdk-s3-dated-archiver-engine';
import { instanceEnvironment } from '../../src/lambda/environment';
import { cleanUp, temporaryDirectory } from '../fixtures/assembly';

jest.setTimeout(60_000);

const MODULES = path.resolve(__dirname, '../../../../node_modules');
/** Documentation addresses (RFC 5737 and RFC 3849): nothing has them. */
const NOWHERE = ['192.0.2.1', '2001:db8::1'];

const hosts: FunctionHost[] = [];
const servers: Server[] = [];
let ours: Counted;
let other: Counted;

interface Counted {
  readonly port: number;
  readonly socket: string;
  connections: number;
}

async function listen(): Promise<Counted> {
  const counted = { port: 0, socket: path.join(temporaryDirectory(), 's'), connections: 0 };
  for (const where of [0, counted.socket]) {
    const server = createServer((_, response) => response.end('hello'));
    server.on('connection', () => {
      counted.connections++;
    });
    await new Promise<void>((resolve) =>
      typeof where === 'number'
        ? server.listen(0, '127.0.0.1', resolve)
        : server.listen(where, resolve),
    );
    if (where === 0) {
      counted.port = (server.address() as AddressInfo).port;
    }
    servers.push(server);
  }
  return counted;
}

beforeAll(async () => {
  ours = await listen();
  other = await listen();
});
beforeEach(() => {
  ours.connections = other.connections = 0;
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((each) => each.close()));
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  cleanUp();
});

/**
 * Runs a function's code; it returns what the code returns, or `NAME CODE: MESSAGE` of what it
 * throws.
 */
async function run(
  code: string,
  event: object = {},
  environment: Record<string, string> = {},
  files: Record<string, string> = {},
): Promise<any> {
  const directory = temporaryDirectory();
  const outcome =
    '(error) => [error.name, error.code, error.message, error.cause && error.cause.code, ' +
    "error.cause && error.cause.message].join(' ')";
  fs.writeFileSync(
    path.join(directory, 'index.js'),
    `exports.handler = async (event) => { try { ${code} } catch (error) { return ` +
      `(${outcome})(error); } };`,
  );
  for (const [name, content] of Object.entries(files)) {
    fs.writeFileSync(path.join(directory, name), content);
  }
  const endpoint = `http://127.0.0.1:${ours.port}`;
  const spec: FunctionSpec = {
    logicalId: 'F',
    path: 'S/F',
    name: 'f',
    arn: 'arn:aws:lambda:eu-west-1:123456789012:function:f',
    region: 'eu-west-1',
    roleArn: '',
    directory,
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    environment,
    timeoutSeconds: 20,
    memoryMb: 128,
  };
  const host = new FunctionHost(spec, {
    environment: (each, instance) =>
      instanceEnvironment(
        each,
        { s3: endpoint, aws: endpoint },
        { accessKeyId: 'F', secretAccessKey: 'x' },
        instance,
      ),
    maxInstances: 1,
    clockOffset: () => 0,
  });
  hosts.push(host);
  const answer = await host.invoke(JSON.stringify(event));
  return 'payload' in answer
    ? JSON.parse(answer.payload)
    : `${answer.error.errorType}: ${answer.error.errorMessage}`;
}

/** Code that calls a client of the SDK. */
function withClient(client: string, call: string): string {
  const names = [...new Set(call.match(/\b[A-Z]\w+(?:Client|Command)\b/g))];
  return (
    `const { ${names.join(', ')} } = ` +
    `require(${JSON.stringify(path.join(MODULES, '@aws-sdk', client))}); await ${call}; return ` +
    `'answered';`
  );
}

const REFUSED = /ERR_SANDBOX_REFUSED|The sandbox refused/;
const settled = (socket: string) =>
  `await new Promise((resolve, reject) => { const s = ${socket}; s.once('error', reject); ` +
  `s.once('connect', resolve); }); return 'reached';`;
const inNode = JSON.stringify(
  "require('net').connect(PORT, '127.0.0.1').on('connect', () => { console.log('reached'); " +
    "process.exit(); }).on('error', (error) => { console.log(error.code); process.exit(); })",
);
const script = `const code = ${inNode}.replace('PORT', event.port); const cp = require('child_process');`;
const childOf = (start: string) =>
  `${script} return (await new Promise((resolve, reject) => { const child = ${start}; let text ` +
  `= ''; child.stdout.on('data', (chunk) => { text += chunk; }); child.on('error', reject); ` +
  `child.on('close', () => resolve(text)); })).trim();`;
const workerOf = (
  options: string,
) => `${script} const { Worker, SHARE_ENV } = require('worker_threads');
  return await new Promise((resolve, reject) => {
    const worker = new Worker("const { parentPort } = require('worker_threads'); require('net').connect(" + event.port + ", '127.0.0.1').on('connect', () => { parentPort.postMessage('reached'); process.exit(); }).on('error', (error) => { parentPort.postMessage(error.code); process.exit(); })", ${options});
    worker.on('message', resolve); worker.on('error', reject);
  });`;

/**
 * Ways to connect to event.port on loopback. All of them reach a server that is not guarded
 * against.
 */
const WAYS: Record<string, string> = {
  'a plain socket': settled("require('net').connect(event.port, '127.0.0.1')"),
  'a socket with options': settled(
    "new (require('net').Socket)().connect({ port: event.port, host: '127.0.0.1' })",
  ),
  'a socket to localhost': settled(
    "require('net').connect({ port: event.port, host: 'localhost' })",
  ),
  'a socket with a lookup of its own': settled(
    "require('net').connect({ port: event.port, host: 'localhost', lookup: (name, options, " +
      "done) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, " +
      "'127.0.0.1', 4)) })",
  ),
  'a socket of an ECMAScript module':
    `const { connect } = await import('node:net'); ` +
    `${settled("connect(event.port, '127.0.0.1')")}`,
  'a socket that reads its host once more': settled(
    "require('net').connect({ port: event.port, get host() { return '127.0.0.1'; } })",
  ),
  fetch:
    "return (await (await fetch('http://127.0.0.1:' + event.port)).text()) === 'hello' ? " +
    "'reached' : 'no';",
  http:
    "return await new Promise((resolve, reject) => require('http').get({ host: '127.0.0.1', " +
    'port: ' +
    "event.port, path: '/x' }, () => resolve('reached')).on('error', reject));",
  http2:
    'return await new Promise((resolve, reject) => { const session = ' +
    "require('http2').connect('http://127.0.0.1:' + event.port); session.on('error', reject); " +
    "session.socket.on('connect', () => { session.destroy(); resolve('reached'); }); });",
  'a forward proxy, as HTTPS_PROXY names it':
    "return await new Promise((resolve, reject) => require('http').request({ host: '127.0.0.1', " +
    "port: event.port, method: 'GET', path: 'https://sts.amazonaws.com/' }, () => " +
    "resolve('reached')).on('error', reject).end());",
  'a child process: spawn': childOf("cp.spawn('node', ['-e', code])"),
  'a child process: spawn with an empty environment': childOf(
    'cp.spawn(process.execPath, ["-e", code], { env: {} })',
  ),
  'a child process: spawn without the guard in NODE_OPTIONS': childOf(
    'cp.spawn(process.execPath, ["-e", code], { env: { NODE_OPTIONS: "--no-warnings" } })',
  ),
  'a child process: execFile': childOf("cp.execFile('node', ['-e', code])"),
  'a child process: spawnSync': `${script} return String(cp.spawnSync('node', ['-e', code], { env: {} }).stdout).trim();`,
  'a child process: execFileSync': `${script} return String(cp.execFileSync(process.execPath, ['-e', code])).trim();`,
  'a child process: fork':
    'return await new Promise((resolve, reject) => { const child = ' +
    "require('child_process').fork(require('path').join(__dirname, 'child.js'), " +
    "[String(event.port)], { execArgv: [], env: {} }); child.on('message', resolve); " +
    "child.on('error', reject); });",
  'a worker thread': workerOf('{ eval: true }'),
  'a worker thread with an environment of its own': workerOf(
    '{ eval: true, env: {}, execArgv: [] }',
  ),
  'a worker thread that shares the environment': workerOf(
    '{ eval: true, env: SHARE_ENV, execArgv: [] }',
  ),
};
const FILES = {
  'child.js':
    "require('net').connect(Number(process.argv[2]), '127.0.0.1').on('connect', () => { " +
    "process.send('reached'); process.exit(); }).on('error', (error) => { " +
    'process.send(error.code, () => process.exit()); });',
};

test.each(Object.entries(WAYS))('%s reaches the sandbox, and nothing else', async (_name, code) => {
  expect(await run(code, { port: ours.port }, {}, FILES)).toBe('reached');
  expect(ours.connections).toBeGreaterThan(0);
  expect(await run(code, { port: other.port }, {}, FILES)).toMatch(REFUSED);
  expect(other.connections).toBe(0);
});

test.each([
  ['a TLS connection', "require('tls').connect({ host: event.host, port: 443 })"],
  ['a plain socket', "require('net').connect({ host: event.host, port: 443 })"],
  [
    'the port of the sandbox on another machine',
    "require('net').connect(Number(new URL(process.env.AWS_ENDPOINT_URL_S3).port), event.host)",
  ],
])('%s to an address elsewhere is refused', async (_name, code) => {
  for (const host of NOWHERE) {
    expect(await run(settled(code), { host })).toMatch(REFUSED);
  }
});

test('the metadata of an instance and of a container are refused', async () => {
  for (const url of [
    'http://169.254.169.254/latest/meta-data/',
    'http://169.254.170.2/v2/credentials',
    'http://[fd00:ec2::254]/latest/api/token',
  ]) {
    expect(await run('return String((await fetch(event.url)).status);', { url })).toMatch(REFUSED);
  }
});

test('a name that only another lookup resolves to the sandbox is refused', async () => {
  const code = settled(
    "require('net').connect({ port: event.port, host: 'sts.amazonaws.com', lookup: (name, " +
      "options, done) => done(null, '127.0.0.1', 4) })",
  );
  expect(await run(code, { port: ours.port })).toMatch(REFUSED);
});

test('a Unix socket is refused', async () => {
  expect(
    await run(settled("require('net').connect(event.socket)"), { socket: other.socket }),
  ).toMatch(REFUSED);
  expect(
    await run(
      "return await new Promise((resolve, reject) => require('http').get({ socketPath: " +
        "event.socket, path: '/' }, () => resolve('reached')).on('error', reject));",
      { socket: other.socket },
    ),
  ).toMatch(REFUSED);
  expect(other.connections).toBe(0);
});

test('UDP is refused, also on this machine, where a DNS resolver may listen', async () => {
  const code =
    'return await new Promise((resolve, reject) => { const s = ' +
    "require('dgram').createSocket('udp4'); s.on('error', reject); s.send('x', event.port, " +
    "event.host, (error) => (error ? reject(error) : resolve('sent'))); });";
  for (const host of ['127.0.0.1', NOWHERE[0]!]) {
    expect(await run(code, { host, port: 53 })).toMatch(REFUSED);
  }
  expect(
    await run(
      "require('dgram').createSocket('udp4').connect(53, '127.0.0.1'); return 'connected';",
    ),
  ).toMatch(REFUSED);
});

test.each([
  [
    'lookup',
    "await new Promise((resolve, reject) => require('dns').lookup('sts.amazonaws.com', (error) " +
      '=> (error ? reject(error) : resolve())))',
  ],
  ['promises.lookup', "await require('dns').promises.lookup('sts.amazonaws.com')"],
  [
    'promises of node:dns/promises',
    "await require('node:dns/promises').lookup('sts.amazonaws.com')",
  ],
  [
    'resolve4',
    "await new Promise((resolve, reject) => require('dns').resolve4('sts.amazonaws.com', " +
      '(error) => (error ? reject(error) : resolve())))',
  ],
  ['promises.resolveTxt', "await require('dns').promises.resolveTxt('secret.example.com')"],
  [
    'a Resolver',
    "await new Promise((resolve, reject) => { const r = new (require('dns').Resolver)(); " +
      "r.setServers(['192.0.2.1']); r.resolve4('x.example.com', (error) => (error ? " +
      'reject(error) : resolve())); })',
  ],
  [
    'a promises.Resolver',
    "const r = new (require('dns').promises.Resolver)(); r.setServers(['192.0.2.1']); await " +
      "r.resolve('x.example.com')",
  ],
  ['reverse', "await require('dns').promises.reverse('192.0.2.1')"],
])('DNS: %s sends no request', async (_name, code) => {
  expect(await run(`${code}; return 'answered';`)).toMatch(REFUSED);
});

test('DNS: localhost and addresses need no request', async () => {
  expect(
    await run(
      "return [(await require('dns').promises.lookup('localhost', 4)).address, (await " +
        "require('dns').promises.lookup('192.0.2.1')).address];",
    ),
  ).toEqual(['127.0.0.1', '192.0.2.1']);
});

test.each([
  [
    'another program',
    "return String(require('child_process').execFileSync('/bin/echo', ['started']));",
  ],
  ['a shell', "return String(require('child_process').execSync('echo started'));"],
  [
    'an asynchronous shell',
    "return await new Promise((resolve, reject) => require('child_process').exec('echo " +
      "started', (error, out) => (error ? reject(error) : resolve(out))));",
  ],
  [
    'Node.js through a shell',
    "return String(require('child_process').spawnSync('node', ['--version'], { shell: true " +
      '}).stdout);',
  ],
  [
    'a program that Node.js runs',
    "return String(require('child_process').spawnSync('node', ['--run', 'x']).stdout);",
  ],
  [
    'a program that is called node',
    "return String(require('child_process').execFileSync('/bin/../bin/node', ['--version']));",
  ],
  ['a native add-on', "process.dlopen({ exports: {} }, '/nowhere.node'); return 'loaded';"],
  ['the socket of Node.js itself', "return typeof process.binding('tcp_wrap').TCP;"],
])('%s is refused', async (_name, code) => {
  expect(await run(code)).toMatch(REFUSED);
});

test('what a template preloads runs after the guard', async () => {
  const early = path.join(temporaryDirectory(), 'early.js');
  fs.writeFileSync(
    early,
    "globalThis.early = new Promise((resolve) => require('net').connect({ host: '192.0.2.1', " +
      "port: 443 }).on('error', resolve));",
  );
  expect(
    await run('return (await globalThis.early).code;', {}, { NODE_OPTIONS: `--require ${early}` }),
  ).toBe('ERR_SANDBOX_REFUSED');
});

describe('what a template or the caller says about AWS does not lead there', () => {
  const HOSTILE = () => {
    const home = temporaryDirectory();
    fs.mkdirSync(path.join(home, '.aws'));
    fs.writeFileSync(
      path.join(home, '.aws/config'),
      '[default]\nregion = eu-west-1\nignore_configured_endpoint_urls = true\n[profile ' +
        'real]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = default\n',
    );
    fs.writeFileSync(
      path.join(home, '.aws/credentials'),
      '[default]\naws_access_key_id = AKIAREALREALREALREAL\naws_secret_access_key = real\n',
    );
    const proxy = `http://127.0.0.1:${other.port}`;
    return {
      HOME: home,
      AWS_CONFIG_FILE: path.join(home, '.aws/config'),
      AWS_SHARED_CREDENTIALS_FILE: path.join(home, '.aws/credentials'),
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
      AWS_ENDPOINT_URL: proxy,
      AWS_ENDPOINT_URL_STS: proxy,
      AWS_ENDPOINT_URL_SQS: proxy,
      AWS_PROFILE: 'real',
      AWS_ACCESS_KEY_ID: 'AKIAREALREALREALREAL',
      AWS_SECRET_ACCESS_KEY: 'real',
      AWS_SESSION_TOKEN: 'real',
      AWS_WEB_IDENTITY_TOKEN_FILE: path.join(home, '.aws/credentials'),
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/Admin',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${proxy}/credentials`,
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/v2/credentials',
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_USE_FIPS_ENDPOINT: 'true',
      HTTP_PROXY: proxy,
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      ALL_PROXY: proxy,
      NODE_USE_ENV_PROXY: '1',
    };
  };

  /** Variables of the sandbox's own process. */
  async function asCaller(work: () => Promise<void>): Promise<void> {
    const before = { ...process.env };
    Object.assign(process.env, HOSTILE());
    try {
      await work();
    } finally {
      for (const name of Object.keys(process.env)) {
        if (!(name in before)) {
          delete process.env[name];
        }
      }
      Object.assign(process.env, before);
    }
  }

  test("the environment holds the sandbox's endpoints and no other way to AWS", async () => {
    await asCaller(async () => {
      const env = await run('return process.env;', {}, { ...HOSTILE(), MINE: 'yes' });
      const endpoint = `http://127.0.0.1:${ours.port}`;
      expect(env).toMatchObject({
        MINE: 'yes',
        AWS_ENDPOINT_URL: endpoint,
        AWS_ENDPOINT_URL_S3: endpoint,
        AWS_ENDPOINT_URL_SFN: endpoint,
        AWS_ENDPOINT_URL_SNS: endpoint,
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_ACCESS_KEY_ID: 'F',
      });
      expect([env.AWS_CONFIG_FILE, env.AWS_SHARED_CREDENTIALS_FILE]).toEqual([
        '/dev/null',
        '/dev/null',
      ]);
      expect(
        Object.keys(env).filter((name) =>
          /PROFILE|ROLE|TOKEN|CONTAINER|FIPS|_STS|_SQS|PROXY/i.test(name),
        ),
      ).toEqual([]);
      expect(JSON.stringify(env)).not.toContain('AKIAREAL');
      expect(JSON.stringify(env)).not.toContain(String(other.port));
    });
  });

  test.each([
    ['SQS', 'client-sqs', 'new SQSClient({}).send(new ListQueuesCommand({}))'],
    ['STS', 'client-sts', 'new STSClient({}).send(new GetCallerIdentityCommand({}))'],
    ['S3', 'client-s3', 'new S3Client({}).send(new ListBucketsCommand({}))'],
  ])('a client of %s speaks to the sandbox', async (_name, client, call) => {
    await asCaller(async () => {
      await run(withClient(client, call), {}, HOSTILE());
      expect(ours.connections).toBeGreaterThan(0);
      expect(other.connections).toBe(0);
    });
  });

  test.each([
    [
      'an endpoint in its code',
      'client-sts',
      "new STSClient({ endpoint: 'https://sts.eu-west-1.amazonaws.com', maxAttempts: 1 " +
        '}).send(new GetCallerIdentityCommand({}))',
    ],
    [
      'the URL of a queue',
      'client-sqs',
      'new SQSClient({ maxAttempts: 1 }).send(new SendMessageCommand({ QueueUrl: ' +
        "'https://sqs.eu-west-1.amazonaws.com/123456789012/q', MessageBody: 'x' }))",
    ],
  ])('a client that is sent to AWS by %s is refused', async (_name, client, call) => {
    expect(await run(withClient(client, call))).toMatch(REFUSED);
  });
});
