/** The command against the S3 double. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type S3Double, startS3 } from 'cdk-s3-dated-archiver-s3-double';
import { run } from './look-command';
import type { LookReport } from '../../src';
import { createClient } from '../../src/cli/client';
import { daysFrom, pad } from '../helpers/synthetic-bucket';

const BUCKET = 'logs';
const HOSTILE = [
  'in/\u001b[2J\u001b[31m2026-11-24.csv',
  'in/a\r\nDone 2026-11-24.csv',
  'in/\u202egpj.2026-11-24.exe',
  'in/<script>alert(1)</script>-2026-11-24.csv',
  'in/"><img src=x onerror=alert(1)>.txt',
  "in/'; DROP TABLE.txt",
  'in/\u0007\u0008bell.txt',
  'in/\u2028line.txt',
  'in/\u00e9t\u00e9.txt',
];

let s3: S3Double;
let folder: string;
beforeEach(async () => {
  s3 = await startS3();
  s3.store.createBucket(BUCKET);
  folder = mkdtempSync(path.join(tmpdir(), 'look-'));
});
afterEach(async () => {
  await s3.close();
  rmSync(folder, { recursive: true });
});

const at = (...argv: string[]) => [
  `s3://${BUCKET}/in/`,
  '--endpoint',
  s3.endpoint,
  '--path-style',
  ...argv,
];
const put = (...keys: string[]) => {
  for (const key of keys) {
    s3.store.put(BUCKET, key, 'ten bytes!', { lastModified: new Date('2026-11-24T12:00:00Z') });
  }
};
const json = async (...argv: string[]): Promise<LookReport> => {
  const { status, stdout, stderr } = await run(at('--json', ...argv));
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return JSON.parse(stdout) as LookReport;
};

test('it needs s3:ListBucket, and sends nothing else', async () => {
  put('in/a-2026-11-24.csv', 'archive/2026/11/24/b-2026-11-24.csv');
  s3.store.putPolicy(BUCKET, {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Principal: '*',
        NotAction: 's3:ListBucket',
        Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
      },
    ],
  });
  expect(await json()).toMatchObject({ objects: 1, bytes: 10 });
  expect(s3.requests).toEqual({ ListObjectsV2: 2 });
});

test('the policy that it prints is enough, prefixes and all', async () => {
  put('in/a-2026-11-24.csv');
  const { stdout, status } = await run(at('--print-policy'));
  expect(status).toBe(0);
  expect(s3.requests).toEqual({});
  const { Statement } = JSON.parse(stdout) as {
    Statement: [{ Action: string; Condition: { StringLike: { 's3:prefix': string[] } } }];
  };
  expect(Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: `arn:aws:s3:::${BUCKET}`,
      Condition: { StringLike: { 's3:prefix': ['in/*', 'archive/*'] } },
    },
  ]);
  // What it does not allow is denied.
  s3.store.putPolicy(BUCKET, {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:ListBucket',
        Resource: `arn:aws:s3:::${BUCKET}`,
        Condition: { StringNotLike: Statement[0].Condition.StringLike },
      },
    ],
  });
  expect(await json()).toMatchObject({ objects: 1, conflicts: { destination: { objects: 0 } } });
});

test('it says before what it costs, and lists no page more', async () => {
  for (const day of daysFrom('2026-01-01', 50)) {
    for (let n = 0; n < 1_000; n++) {
      s3.store.put(BUCKET, `in/${day}/${pad(n, 4)}.csv`, '');
    }
  }
  const { status, stdout, stderr } = await run(at('--pages', '20'));
  expect(status).toBe(0);
  expect(stderr).toBe('Listing s3://logs/in/: 20 pages at most, which cost $0.0001\n');
  expect(s3.requests).toEqual({ ListObjectsV2: 20 });
  expect(stdout).toMatch(
    /^seen {5,}20 of at least 2\d pages; the rest was not looked at \(\$0\.0001\)$/m,
  );
  // What was paid for is shown: the last page of a range may be a part of one.
  const [, objects] = /^objects +([\d,]+) /m.exec(stdout)!;
  expect(Number(objects.replace(',', ''))).toBeGreaterThan(17_000);
  expect(stdout).toContain('was not looked at, or only in part: the pages were spent before');
  s3.resetRequests();
  const report = await json();
  expect(report).toMatchObject({
    objects: 50_000,
    pages: { isComplete: true, ofDestination: 1 },
    days: { days: 50, first: '2026-01-01', last: '2026-02-19', biggest: { objects: 1_000 } },
  });
  expect(s3.requests.ListObjectsV2).toBe(report.pages.used + 1);
  expect(report.pages.used).toBeLessThan(60);
});

test.each([1, 2, 7, 33])(
  '%d pages are %d requests at most, also in one bucket with the archive',
  async (pages) => {
    for (let n = 0; n < 40_000; n++) {
      s3.store.put(BUCKET, `${n % 2 === 0 ? 'archive' : 'in'}/2026/11/24/${pad(n, 5)}.csv`, '');
    }
    const { status } = await run([
      `s3://${BUCKET}`,
      '--endpoint',
      s3.endpoint,
      '--path-style',
      '--pages',
      String(pages),
    ]);
    expect(status).toBe(0);
    expect(s3.requests.ListObjectsV2).toBeLessThanOrEqual(pages);
  },
);

test('the archive inside of the listing is not counted', async () => {
  put('in/a-2026-11-24.csv', 'archive/2026/11/24/in/b-2026-11-24.csv', 'z-2026-11-24.csv');
  const { stdout } = await run([
    `s3://${BUCKET}`,
    '--endpoint',
    s3.endpoint,
    '--path-style',
    '--json',
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ objects: 2, source: { prefix: '' } });
});

test('what lies at the destination already', async () => {
  put(
    'in/a-2026-11-24.csv',
    'in/b-2026-11-24.csv',
    'archive/2026/11/24/a-2026-11-24.csv',
    // Another day, and another name.
    'archive/2026/11/23/b-2026-11-24.csv',
    'archive/2026/11/24/c-2026-11-24.csv',
  );
  expect((await json()).conflicts.destination).toEqual({ objects: 3, taken: 1, isComplete: true });
});

test('a destination that may not be listed, or is missing, is told, and the rest is shown', async () => {
  put('in/a-2026-11-24.csv');
  const denied = s3.store.deny({ operations: ['ListObjectsV2'], bucket: 'vault' });
  s3.store.createBucket('vault');
  expect((await json('--destination', 's3://vault/a/')).conflicts.destination).toMatchObject({
    taken: 0,
    isComplete: false,
    problem: expect.stringMatching(/^AccessDenied/),
  });
  denied();
  expect((await json('--destination', 's3://nowhere/a/')).conflicts.destination).toMatchObject({
    problem: expect.stringMatching(/^NoSuchBucket/),
  });
});

test('without the folders of their dates, two keys have one destination', async () => {
  put('in/2026/11/24/a.csv', 'in/x/2026/11/24/b.csv', 'in/2026-11-24/a.csv');
  const report = await json();
  expect(report.conflicts).toMatchObject({ withDateFolders: 3, sharedWithoutDateFolders: 1 });
  expect(report.props[0].typescript).not.toContain('dropDateFolders');
  expect(report.warnings.join()).toContain('which is a conflict');
});

test('classes, sizes, keys that are too long, and what S3 has to restore', async () => {
  put(`in/${'x/'.repeat(499)}2026-11-24.csv`);
  s3.store.put(BUCKET, 'in/cold-2026-11-24.csv', 'x', { storageClass: 'DEEP_ARCHIVE' });
  const report = await json();
  expect(report.storageClasses).toEqual([
    { storageClass: 'DEEP_ARCHIVE', objects: 1, bytes: 1 },
    { storageClass: 'STANDARD', objects: 1, bytes: 10 },
  ]);
  expect(report.conflicts.tooLong).toBe(1);
  expect(report.warnings).toEqual([
    expect.stringMatching(/^1 object in GLACIER or DEEP_ARCHIVE/),
    expect.stringMatching(/KEY_TOO_LONG/),
  ]);
});

test.each([[[]], [['--keys']]])(
  'hostile names write neither to the terminal nor to the page: %j',
  async (flags) => {
    put(...HOSTILE);
    const page = path.join(folder, 'look.html');
    const { stdout, stderr, status } = await run(at('--out', page, ...flags));
    expect(status).toBe(0);
    expect(`${stdout}${stderr}`).not.toMatch(/[^\n\P{C}]|[\u2028\u2029]/u);
    expect(stdout.split('\n')).not.toContainEqual(expect.stringMatching(/^Done/));
    const html = readFileSync(page, 'utf8');
    expect(html).not.toMatch(/<(script|img)/i);
    expect(html).not.toMatch(/[^\n\P{C}]|[\u2028\u2029]/u);
    const text = await run(at('--json', ...flags));
    expect(text.stdout).toMatch(/^[\n\x20-\x7e]*$/);
  },
);

test('names are shown with --keys only', async () => {
  put('in/salary-of-bob-2026-11-24.xls', 'in/secret.txt');
  for (const argv of [at(), at('--json')]) {
    const { stdout } = await run(argv);
    expect(stdout).not.toMatch(/bob|secret/);
    expect(stdout).toContain('a-a-a-9999-99-99.a');
  }
  const { stdout } = await run(at('--keys'));
  expect(stdout).toContain('salary-of-bob-2026-11-24.xls');
  expect(stdout).toContain('secret.txt');
});

test('JSON is ASCII', async () => {
  put('in/\u00e9t\u00e9.txt');
  const { stdout } = await run(at('--json', '--keys'));
  expect(stdout).toContain('\\u00e9t\\u00e9.txt');
  expect(stdout).toMatch(/^[\n\x20-\x7e]*$/);
});

test('the progress is shown on a terminal only', async () => {
  put('in/a-2026-11-24.csv');
  const shown = await run(at(), { isTTY: true });
  expect(shown.stderr).toContain('\r\x1b[2K1 pages of 2,000 at most, 1 objects');
  expect(shown.stderr.endsWith('\r\x1b[2K')).toBe(true);
  expect((await run(at())).stderr).not.toContain('\x1b');
});

test('an empty prefix is no failure', async () => {
  const { status, stdout } = await run(at());
  expect(status).toBe(0);
  expect(stdout).toMatch(/^objects +0 \(0 bytes\)$/m);
  expect(stdout).toContain('No date was found, so there are none.');
});

test('days are those of a time zone', async () => {
  put('in/a.csv');
  expect(await json('--time-zone', 'Asia/Tokyo')).toMatchObject({ timeZone: 'Asia/Tokyo' });
});

describe('what goes wrong is told in one message', () => {
  const failed = async (argv: string[], given = {}) => {
    const { status, stdout, stderr } = await run(argv, given);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    return stderr.split('\n').at(-2)!;
  };

  test('the listing is denied: the policy', async () => {
    s3.store.deny({ operations: ['ListObjectsV2'] });
    expect(await failed(at())).toMatch(
      /^S3 denied the listing of s3:\/\/logs\/in\/ \(AccessDenied: .*\)\. These credentials need s3:ListBucket, and nothing else: `npx s3-dated-archiver look s3:\/\/logs\/in\/ --print-policy` prints the policy$/,
    );
  });

  test('there is no such bucket', async () => {
    expect(await failed(['s3://nowhere/', '--endpoint', s3.endpoint, '--path-style'])).toMatch(
      /^there is no bucket "nowhere" at http.*NoSuchBucket.*Check its name/,
    );
  });

  test('no credentials', async () => {
    const error = Object.assign(new Error('Could not load credentials from any providers'), {
      name: 'CredentialsProviderError',
    });
    expect(
      await failed(at(), {
        createClient: (config: object) =>
          createClient({
            region: 'us-east-1',
            ...config,
            credentials: () => Promise.reject(error),
          }),
      }),
    ).toMatch(/^no credentials were found, so nothing was listed .*`aws sso login`/);
  });

  test('the server does not answer', async () => {
    expect(
      await failed(['s3://logs/in/', '--endpoint', 'http://127.0.0.1:1', '--path-style']),
    ).toMatch(/could not be listed at http:\/\/127\.0\.0\.1:1: .*Nothing was changed/);
  }, 120_000);

  test('the page cannot be written', async () => {
    const { status, stderr } = await run(at('--out', path.join(folder, 'none/look.html')));
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /the page could not be written to .*name a file in a folder that exists/,
    );
  });
});

test('a bucket of another region is asked there', async () => {
  s3.store.createBucket('tokyo', { region: 'ap-northeast-1' });
  s3.store.put('tokyo', 'in/a-2026-11-24.csv', 'x');
  const { status, stdout } = await run([
    's3://tokyo/in/',
    '--endpoint',
    s3.endpoint,
    '--path-style',
    '--region',
    'eu-west-1',
    '--json',
  ]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ objects: 1 });
});

test.each([
  [[], 'it is not said where to look'],
  [['logs/in/'], "what to look at is 'logs/in/', but must be a bucket and a prefix"],
  [['s3://logs/in'], 'the prefix of what to look at "in" must be empty or end with "/"'],
  [['s3://logs/', 's3://b/'], "'s3://b/' is one argument too many"],
  [['s3://logs/', '--page', '3'], "Unknown option '--page': --pages is one"],
  [['s3://logs/', '--jsn'], "Unknown option '--jsn': --json is one"],
  [['s3://logs/', '--regoin', 'x'], "Unknown option '--regoin': --region is one"],
  [['s3://logs/', '--print-polciy'], "Unknown option '--print-polciy': --print-policy is one"],
  [['s3://logs/', '--nonsense'], "Unknown option '--nonsense'"],
  [['s3://logs/', '--pages', '0'], "--pages is '0', but must be a whole number"],
  [['s3://logs/', '--pages'], 'argument missing: it needs a value, as --pages N'],
  [['s3://logs/', '--time-zone', 'Mars/Base'], 'timeZone "Mars/Base" must be a name'],
  [['s3://logs/', '--endpoint', 'localhost'], "--endpoint is 'localhost', but must be a URL"],
  [['s3://logs/a/', '--destination', 's3://logs/a/'], '--destination is the place to look at'],
  [['s3://logs--use1-az5--x-s3/'], 'a directory bucket'],
])('%j is wrong usage', async (argv, message) => {
  const { status, stdout, stderr } = await run(argv);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toContain('usage: npx s3-dated-archiver look s3://BUCKET/PREFIX/ [options]');
  expect(s3.requests).toEqual({});
});

test('--help, --version and --completion', async () => {
  const help = await run(['--help']);
  expect(help).toMatchObject({ status: 0, stderr: '' });
  expect(help.stdout).toContain('--print-policy');
  expect(Math.max(...help.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(await run(['--version'])).toEqual({ status: 0, stdout: '1.2.3\n', stderr: '' });
  expect((await run(['--completion', 'bash'])).stdout).toContain('s3-dated-archiver');
});
