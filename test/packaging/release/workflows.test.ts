import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';

const ROOT = path.resolve(__dirname, '../../..');
const FOLDER = path.join(ROOT, '.github/workflows');
const names = readdirSync(FOLDER).filter((file) => file.endsWith('.yml')).map((file) => path.basename(file, '.yml'));
const textOf = (name: string) => readFileSync(path.join(FOLDER, `${name}.yml`), 'utf8');

interface Job { permissions?: Record<string, string>; environment?: string | { name: string }; steps: { env?: Record<string, string> }[] }
interface Workflow { permissions?: Record<string, string>; jobs: Record<string, Job> }

const workflows = new Map(names.map((name) => [name, parse(textOf(name)) as Workflow]));

/** The permissions to write that each job may have. Every other job only reads. */
const MAY_WRITE: Record<string, string[]> = {
  'release/release_github': ['contents'], // It creates the tag.
  'release/release_npm': ['id-token'],
  'release/release_sandbox': ['id-token'],
  'release/release_pypi': ['id-token'],
  'release/release_nuget': ['id-token'],
  'pull-request-lint/validate': ['pull-requests'], // It comments on the title.
};

test.each(names)('%s names every action by its commit, and its version beside', (name) => {
  const uses = textOf(name).split('\n').filter((line) => /\buses:/.test(line));
  expect(uses.length).toBeGreaterThan(0);
  expect(uses.filter((line) => !/uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

test('jobs write what their work is, and nothing else', () => {
  const written = [...workflows].flatMap(([name, { jobs }]) => Object.entries(jobs).map(([job, { permissions }]) => {
    expect([name, job, permissions]).toEqual([name, job, expect.anything()]);
    return [`${name}/${job}`, Object.entries(permissions!).filter(([, access]) => access !== 'read').map(([scope]) => scope)];
  }));
  expect(Object.fromEntries(written.filter(([, scopes]) => scopes.length > 0))).toEqual(MAY_WRITE);
  for (const { permissions } of workflows.values()) { expect(permissions).toEqual({ contents: 'read' }); }
});

test('publishing asks for the release environment, and npm, PyPI and NuGet for no stored token', () => {
  const { jobs } = workflows.get('release')!;
  for (const registry of ['npm', 'sandbox', 'pypi', 'nuget', 'maven', 'golang']) {
    expect(jobs[`release_${registry}`]).toMatchObject({ environment: 'release' });
  }
  const env = (registry: string) => jobs[`release_${registry}`].steps.flatMap((step) => Object.entries(step.env ?? {}));
  for (const onNpm of ['npm', 'sandbox']) {
    expect(env(onNpm)).toEqual(expect.arrayContaining([['NPM_TRUSTED_PUBLISHER', 'true'], ['NPM_CONFIG_PROVENANCE', 'true']]));
  }
  expect(env('pypi')).toEqual(expect.arrayContaining([['PYPI_TRUSTED_PUBLISHER', 'true']]));
  expect(env('nuget')).toEqual(expect.arrayContaining([['NUGET_TRUSTED_PUBLISHER', 'true']]));
  const secrets = ['npm', 'sandbox', 'pypi', 'nuget'].flatMap(env).filter(([, value]) => String(value).includes('secrets.')).map(([name]) => name);
  expect(secrets).toEqual(['NUGET_USERNAME']); // This is a name, not a key.
});

// A clone also works behind a registry mirror, because each client's own configuration sets the address.
test('no committed file names the host of a package registry', () => {
  // The names are split, so that this file does not contain them.
  const hosts = [['registry', 'npmjs'], ['registry', 'yarnpkg'], ['files', 'pythonhosted'], ['repo', 'maven', 'apache'], ['repo1', 'maven'], ['proxy', 'golang'], ['api', 'nuget'], ['central', 'sonatype']].map((parts) => parts.join('.'));
  const patterns = hosts.flatMap((host) => ['-e', `${host}.`]);
  const { status, stdout } = spawnSync('git', ['grep', '-lIF', ...patterns, '--', ':!test/packaging/release/workflows.test.ts'], { cwd: ROOT, encoding: 'utf8' });
  expect([status, stdout]).toEqual([1, '']); // Status 1 means that the search worked and found nothing.
});
