/** The sandbox's command, with the archiver itself. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { S3DatedArchiver } from '../../src';
import { bundleSandbox } from '../helpers/bundle-command';

jest.setTimeout(120_000);

const ROOT = path.resolve(__dirname, '../..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'command-'));
const sandbox = bundleSandbox();
const [app, data, out] = ['cdk.out', 'data', 'out'].map((name) => path.join(folder, name));
const KEY = 'incoming/eu/a\u202e-2026-11-24.txt';

beforeAll(() => {
  const cdk = new App({ outdir: app });
  const stack = new Stack(cdk, 'Command');
  new S3DatedArchiver(stack, 'Archiver', {
    bucket: new Bucket(stack, 'Source', { bucketName: 'source' }),
    prefix: 'incoming/',
    retryPolicy: { maxAttempts: 0 },
  });
  cdk.synth();
  fs.mkdirSync(path.join(data, 'incoming/eu'), { recursive: true });
  fs.writeFileSync(path.join(data, KEY), 'content');
  fs.writeFileSync(path.join(data, 'incoming/other.txt'), 'content');
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

function command(...argv: string[]) {
  const json = path.join(folder, 'summary.json');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [sandbox, '--app', app, ...argv, '--json', json],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return {
    status,
    stdout,
    stderr,
    summary: fs.existsSync(json) ? JSON.parse(fs.readFileSync(json, 'utf8')) : undefined,
  };
}

const inOut = (bucket: string) =>
  fs.readdirSync(path.join(out, bucket), { recursive: true }).map(String);

test('a dry run says what it would do, estimates it, and changes nothing', () => {
  const { status, stdout, stderr, summary } = command(
    '--fill',
    data,
    '--out',
    out,
    '--date',
    '2026-11-24',
    '--dry-run',
    '--list',
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(summary).toMatchObject({
    dryRun: true,
    action: 'archive',
    counts: { listed: 2, archived: 1, skipped: 1 },
  });
  expect(stdout).toContain('SUCCEEDED after');
  expect(stdout).toContain('a dry run: nothing was changed');
  expect(stdout).toContain('1 would be archived + 1 skipped');
  expect(stdout).toContain(
    'would archive  incoming/eu/a\\u{202e}-2026-11-24.txt -> ' +
      'archive/2026/11/24/eu/a\\u{202e}-2026-11-24.txt',
  );
  expect(stdout).toContain('skipped (no date in its key)  incoming/other.txt');
  expect(stdout.replace(/\s+/g, ' ')).toContain('The real run would cost about $');
  expect(stdout.split('The real run').length).toBe(2);
  expect(inOut('source')).toContain(KEY);
});

test('the run itself moves it, and its report page is there to open', () => {
  const { status, stdout, summary } = command(
    '--fill',
    data,
    '--out',
    out,
    '--from',
    '2026-11-23',
    '--to',
    '2026-11-24',
  );
  expect([status, summary.dryRun, summary.counts.archived]).toEqual([0, false, 1]);
  expect(inOut('source')).toContain('archive/2026/11/24/eu/a\u202e-2026-11-24.txt');
  expect(inOut('source')).not.toContain(KEY);
  const [, page] = /^report page: (.*)$/m.exec(stdout)!;
  expect(fs.readFileSync(page, 'utf8')).toContain('<html');
});

test('a night that fails is explained once', () => {
  const { status, stdout, summary } = command(
    '--fill',
    data,
    '--date',
    '2026-11-24',
    '--faults',
    'ExpiredToken:CopyObject=1',
  );
  expect([status, summary.status]).toEqual([1, 'FAILED']);
  const sentence = 'No object was lost.';
  expect(stdout.split(sentence).length).toBe(2);
});

test('a function that runs out of time is explained, too', () => {
  const { status, stdout, summary } = command(
    '--fill',
    data,
    '--date',
    '2026-11-24',
    '--faults',
    'FunctionTimeout:ReportRun=1',
  );
  expect([status, summary.status]).toEqual([1, 'FAILED']);
  expect(stdout).toContain('Layer: Lambda');
  expect(stdout).toContain('Task timed out after');
});
