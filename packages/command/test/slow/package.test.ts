/** The package as npm installs it. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type S3Double, startS3 } from 'cdk-s3-dated-archiver-s3-double';
import { buildCommand } from '../../../../scripts/packages/command';

jest.setTimeout(120_000);

const ROOT = path.resolve(__dirname, '../../../..');
const MAX_BUNDLE = 2_500_000;
const folder = mkdtempSync(path.join(tmpdir(), 'command-package-'));
let s3: S3Double;
beforeAll(async () => {
  buildCommand(folder);
  s3 = await startS3();
});
afterAll(async () => {
  await s3.close();
  rmSync(folder, { recursive: true });
});

const manifest = () => JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));

/** Only what a shell has: no credentials, no region, and no profile. */
const ENV = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
  NODE_NO_WARNINGS: '1',
};

function command(argv: readonly string[], env: NodeJS.ProcessEnv = ENV) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(folder, manifest().bin['s3-dated-archiver']), ...argv],
    { cwd: tmpdir(), env, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

test('it has its bundles, its papers, and no dependencies', () => {
  const [{ files, name }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: folder, encoding: 'utf8' }),
  ) as [{ files: { path: string }[]; name: string }];
  expect(name).toBe('s3-dated-archiver');
  expect(files.map((file) => file.path).sort()).toEqual([
    'LICENSE',
    'README.md',
    'THIRD_PARTY_LICENSES',
    'cli.js',
    'functions/archive-batch.js',
    'functions/list-objects.js',
    'functions/listed-by-function.asl',
    'functions/listed-by-map.asl',
    'functions/plan-run.js',
    'functions/report-run.js',
    'functions/verify-batch.js',
    'package.json',
    'runtime.cjs',
    'sbom.cdx.json',
  ]);
  expect(
    Object.keys(manifest()).filter((field) => /dependencies|^main$|^types$/i.test(field)),
  ).toEqual([]);
  expect(manifest().version).toBe(
    JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).version,
  );
});

test('it has neither aws-cdk-lib nor the S3 double', () => {
  const bundles = ['.', 'functions'].flatMap((each) =>
    readdirSync(path.join(folder, each))
      .filter((file) => file.endsWith('.js'))
      .map((file) => readFileSync(path.join(folder, each, file), 'utf8')),
  );
  const licenses = readFileSync(path.join(folder, 'THIRD_PARTY_LICENSES'), 'utf8');
  expect(licenses).not.toMatch(/aws-cdk-lib|fast-check|constructs/);
  expect(licenses).toMatch(/@aws-sdk/);
  expect(bundles).toHaveLength(6);
  for (const bundle of bundles) {
    expect(bundle).not.toContain('createS3Server');
    expect(bundle).not.toContain('aws-cdk-lib/');
  }
  expect(statSync(path.join(folder, 'cli.js')).size).toBeLessThan(MAX_BUNDLE);
});

test('it starts in well under three seconds', () => {
  command(['look', '--help']);
  const began = performance.now();
  expect(command(['look', '--help'])).toMatchObject({
    status: 0,
    stderr: '',
    stdout: expect.stringContaining('usage: npx s3-dated-archiver look s3://'),
  });
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(command(['--version'])).toEqual({
    status: 0,
    stderr: '',
    stdout: `${manifest().version}\n`,
  });
});

test('it looks', async () => {
  s3.store.createBucket('logs');
  s3.store.put('logs', 'in/a-2026-11-24.csv', 'x');
  const at = ['look', 's3://logs/in/', '--endpoint', s3.endpoint, '--path-style', '--json'];
  const { status, stdout } = await start(at);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ objects: 1, formats: [{ format: 'yyyy-MM-dd' }] });
});

test('it archives and verifies', async () => {
  s3.store.createBucket('data');
  s3.store.put('data', 'in/a-2026-11-24.csv', 'x');
  s3.store.createBucket('reports');
  const given = [
    ...['s3://data/in/', 's3://data/out/', '--reports', 's3://reports/runs/', '--json'],
    ...['--date', '2026-11-24', '--expected-owner', '123456789012'],
    ...['--endpoint', s3.endpoint, '--path-style'],
  ];
  const dry = await start(['archive', ...given, '--dry-run']);
  expect(dry.status).toBe(0);
  const { id } = JSON.parse(dry.stdout) as { id: string };
  expect((await start(['archive', ...given, '--confirm', id])).status).toBe(0);
  expect(s3.store.keys('data')).toEqual(['out/2026/11/24/a-2026-11-24.csv']);
  const verified = await start(['verify', ...given]);
  expect(JSON.parse(verified.stdout)).toMatchObject({ outcome: 'CLEAN', counts: { present: 1 } });
});

/** Not in sync: the double runs in this process. */
function start(argv: readonly string[]): Promise<{ status: number | null; stdout: string }> {
  const env = {
    ...ENV,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(folder, 'cli.js'), ...argv], { env });
    let stdout = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout }));
  });
}

test('without credentials, and without a region, it says what to do', () => {
  expect(command(['look', 's3://logs/in/', '--region', 'us-east-1'])).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/no credentials were found, .*`aws sso login`/),
  });
  expect(command(['look', 's3://logs/in/'])).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/no region is set.*--region REGION/),
  });
});

test('what its README links to exists', () => {
  const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
  const targets = [...readme.matchAll(/\/cdk-s3-dated-archiver\/blob\/main\/([^\s)#]+)/g)].map(
    ([, target]) => target,
  );
  expect(targets.length).toBeGreaterThan(0);
  expect(targets.filter((target) => !existsSync(path.join(ROOT, target)))).toEqual([]);
});
