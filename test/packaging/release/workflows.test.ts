import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parse } from 'yaml';

const ROOT = path.resolve(__dirname, '../../..');
const FOLDER = path.join(ROOT, '.github/workflows');
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yml'))
  .map((file) => path.basename(file, '.yml'));
const textOf = (name: string) => readFileSync(path.join(FOLDER, `${name}.yml`), 'utf8');

interface Step {
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
  'timeout-minutes'?: number;
}
interface Job {
  permissions?: Record<string, string>;
  environment?: string | { name: string };
  needs?: string | string[];
  if?: string;
  steps: Step[];
  'timeout-minutes'?: number;
}
interface Workflow {
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const workflows = new Map(names.map((name) => [name, parse(textOf(name)) as Workflow]));

/** The permissions to write that each job may have. Every other job only reads. */
const MAY_WRITE: Record<string, string[]> = {
  'release/release_github': ['contents'], // It creates the tag.
  'release/release_npm': ['id-token'],
  'release/release_sandbox': ['id-token'],
  'release/release_pypi': ['id-token'],
  'release/release_nuget': ['id-token'],
  'verify-aws/verify': ['id-token'], // It assumes a role of the account that it verifies in.
  'site/deploy': ['pages', 'id-token'], // It publishes the site to GitHub Pages.
  'pull-request-lint/validate': ['pull-requests'], // It comments on the title.
};

test.each(names)('%s names every action by its commit, and its version next to it', (name) => {
  const uses = textOf(name)
    .split('\n')
    .filter((line) => /\buses:/.test(line));
  expect(uses.length).toBeGreaterThan(0);
  expect(
    uses.filter((line) => !/uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
  ).toEqual([]);
});

test('jobs write what their work is, and nothing else', () => {
  const written = [...workflows].flatMap(([name, { jobs }]) =>
    Object.entries(jobs).map(([job, { permissions }]) => {
      expect([name, job, permissions]).toEqual([name, job, expect.anything()]);
      return [
        `${name}/${job}`,
        Object.entries(permissions!)
          .filter(([, access]) => access !== 'read')
          .map(([scope]) => scope),
      ];
    }),
  );
  expect(Object.fromEntries(written.filter(([, scopes]) => scopes.length > 0))).toEqual(MAY_WRITE);
  for (const { permissions } of workflows.values()) {
    expect(permissions).toEqual({ contents: 'read' });
  }
});

test('no job of a release runs on another branch than main', () => {
  const { jobs } = workflows.get('release')!;
  const elsewhere = Object.entries(jobs).filter(
    ([, job]) => !/^github\.ref == 'refs\/heads\/main'( && \(.*\))?$/.test(job.if ?? ''),
  );
  expect(elsewhere.map(([name]) => name)).toEqual([]);
  // A status function such as always() would run a job although the one before it was skipped.
  expect(
    Object.values(jobs).filter((job) =>
      /\b(always|failure|cancelled|success) *\(/.test(job.if ?? ''),
    ),
  ).toEqual([]);
});

test('every job that may get a token of GitHub asks for an environment', () => {
  const withToken = [...workflows].flatMap(([name, { jobs }]) =>
    Object.entries(jobs)
      .filter(([, { permissions }]) => permissions!['id-token'] === 'write')
      .map(([job, { environment }]) => [
        `${name}/${job}`,
        typeof environment === 'string' ? environment : environment?.name,
      ]),
  );
  expect(Object.fromEntries(withToken)).toEqual({
    'release/release_npm': 'release',
    'release/release_sandbox': 'release',
    'release/release_pypi': 'release',
    'release/release_nuget': 'release',
    'verify-aws/verify': 'verify-aws',
    'site/deploy': 'github-pages',
  });
});

describe('verify-aws', () => {
  const {
    jobs: { build, verify },
  } = workflows.get('verify-aws')!;
  const stepOf = (job: Job, name: string) => job.steps.find((step) => step.name === name)!;

  test(
    'a job without rights builds, and the one with the token installs without scripts and takes ' +
      'what was built',
    () => {
      expect([
        build?.permissions,
        build?.environment,
        JSON.stringify(build).includes('secrets.'),
      ]).toEqual([{ contents: 'read' }, undefined, false]);
      expect(build.steps.flatMap(({ run }) => run ?? [])).toEqual(['npm ci', 'npx projen bundle']);
      expect([verify.needs].flat()).toEqual(['build']);
      const [upload] = build.steps.filter(({ uses }) => uses?.includes('upload-artifact'));
      const [download] = verify.steps.filter(({ uses }) => uses?.includes('download-artifact'));
      expect([upload.with, download.with]).toEqual([
        { name: 'functions', path: 'assets' },
        { name: 'functions', path: 'assets' },
      ]);
      const before = verify.steps
        .slice(0, verify.steps.indexOf(stepOf(verify, 'Assume the role')))
        .flatMap(({ run }) => run ?? []);
      expect(before).toEqual(['npm ci --ignore-scripts']);
    },
  );

  test('the programs of dependencies that run after it cannot ask for another token', () => {
    const commands = verify.steps
      .flatMap(({ run }) => run?.split('\n') ?? [])
      .filter((line) => /\bnpm run\b/.test(line));
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      expect(command).toMatch(
        /^env -u ACTIONS_ID_TOKEN_REQUEST_TOKEN -u ACTIONS_ID_TOKEN_REQUEST_URL npm run /,
      );
    }
  });

  test(
    'the clean-up asks no question, and has time and credentials left whatever the verification ' +
      'does',
    () => {
      const cleanUp = stepOf(verify, 'Clean up what is left');
      expect([cleanUp.if, cleanUp.run]).toEqual([
        'always()',
        expect.stringContaining('-- --clean-up --yes '),
      ]);
      const minutes = stepOf(verify, 'Verify')['timeout-minutes']! + cleanUp['timeout-minutes']!;
      expect(minutes).toBeLessThan(verify['timeout-minutes']!);
      const [, seconds] = /--duration-seconds (\d+)/.exec(stepOf(verify, 'Assume the role').run!)!;
      expect(minutes * 60).toBeLessThan(Number(seconds));
    },
  );
});

test('publishing asks for the release environment, and npm, PyPI and NuGet for no stored token', () => {
  const { jobs } = workflows.get('release')!;
  for (const registry of ['npm', 'sandbox', 'pypi', 'nuget', 'maven', 'golang']) {
    expect(jobs[`release_${registry}`]).toMatchObject({ environment: 'release' });
  }
  const env = (registry: string) =>
    jobs[`release_${registry}`].steps.flatMap((step) => Object.entries(step.env ?? {}));
  for (const onNpm of ['npm', 'sandbox']) {
    expect(env(onNpm)).toEqual(
      expect.arrayContaining([
        ['NPM_TRUSTED_PUBLISHER', 'true'],
        ['NPM_CONFIG_PROVENANCE', 'true'],
      ]),
    );
  }
  expect(env('pypi')).toEqual(expect.arrayContaining([['PYPI_TRUSTED_PUBLISHER', 'true']]));
  expect(env('nuget')).toEqual(expect.arrayContaining([['NUGET_TRUSTED_PUBLISHER', 'true']]));
  const secrets = ['npm', 'sandbox', 'pypi', 'nuget']
    .flatMap(env)
    .filter(([, value]) => String(value).includes('secrets.'))
    .map(([name]) => name);
  expect(secrets).toEqual(['NUGET_USERNAME']); // This is a name, not a key.
});

describe('publishing is separate from building', () => {
  const { jobs } = workflows.get('release')!;
  const REGISTRIES = ['npm', 'maven', 'pypi', 'nuget', 'golang'];
  const isTrusted = ({ permissions, environment }: Job) =>
    environment !== undefined || Object.values(permissions!).includes('write');
  const commandsOf = (job: Job) => job.steps.flatMap(({ run }) => run ?? []);
  const needsOf = ({ needs = [] }: Job) => [needs].flat();

  test(
    'a job with rights runs no code of the build: it installs one program without scripts, and ' +
      'starts it',
    () => {
      const trusted = Object.entries(jobs).filter(([, job]) => isTrusted(job));
      expect(trusted.map(([name]) => name).sort()).toEqual(
        ['github', 'sandbox', ...REGISTRIES].map((name) => `release_${name}`).sort(),
      );
      const commands = trusted.flatMap(([name, job]) =>
        name === 'release_github' ? [] : commandsOf(job),
      );
      expect(
        commands.filter(
          (command) =>
            !/^(npm ci --ignore-scripts --no-audit --no-fund|\.repo\/release\/publisher\/node_modules\/\.bin\/publib-\w+( dist\/sandbox)?|ssh-agent .*)$/.test(
              command,
            ),
        ),
      ).toEqual([]);
      for (const command of commandsOf(jobs.release_github)) {
        expect(command).not.toMatch(/\b(npm|npx|projen|tar|node)\b/);
      }
    },
  );

  test(
    'a job without rights and without secrets packages for each registry, and the other one ' +
      'takes only its artifact',
    () => {
      for (const registry of REGISTRIES) {
        const job = jobs[`package_${registry}`];
        expect([job.permissions, isTrusted(job), JSON.stringify(job).includes('secrets.')]).toEqual(
          [{ contents: 'read' }, false, false],
        );
        expect(commandsOf(job)).toEqual(
          expect.arrayContaining([expect.stringMatching(/npx projen package:\w+$/)]),
        );
        expect(needsOf(jobs[`release_${registry}`])).toEqual(['release', `package_${registry}`]);
        const downloads = jobs[`release_${registry}`].steps.filter(({ uses }) =>
          uses?.includes('download-artifact'),
        );
        expect(downloads.map((step) => step.with!.name)).toEqual([`packages-${registry}`]);
      }
    },
  );

  test('no checkout of these jobs leaves a token in the folder', () => {
    const checkouts = Object.entries(jobs)
      .filter(([name]) => name !== 'release')
      .flatMap(([, { steps }]) => steps.filter(({ uses }) => uses?.includes('actions/checkout')));
    expect(checkouts.length).toBeGreaterThan(10);
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([]);
  });

  test(
    'known vulnerabilities of the bundles and of the publisher stop a release before it is ' +
      'built',
    () => {
      expect(needsOf(jobs.release)).toEqual(['audit']);
      expect(jobs.audit.permissions).toEqual({ contents: 'read' });
      expect(commandsOf(jobs.audit)).toEqual([
        'npm ci --ignore-scripts',
        'npm run audit:bundles -- --strict',
        'npm audit --audit-level=high',
      ]);
    },
  );

  test(
    'the publisher and all that it needs are in a lock file, each with the hash of its ' +
      'content',
    () => {
      const read = (file: string) =>
        JSON.parse(readFileSync(path.join(ROOT, 'release/publisher', file), 'utf8')) as Record<
          string,
          Record<string, Record<string, string>>
        >;
      const { dependencies } = read('package.json');
      const { '': own, ...packages } = read('package-lock.json').packages;
      expect(own.dependencies).toEqual(dependencies);
      expect(packages['node_modules/publib'].version).toBe(dependencies.publib);
      expect(
        Object.entries(packages)
          .filter(([, { integrity, link }]) => !link && !integrity?.startsWith('sha512-'))
          .map(([name]) => name),
      ).toEqual([]);
    },
  );
});

// A clone also works behind a registry mirror, because each client's own configuration sets the
// address.
test('no committed file names the host of a package registry', () => {
  // The names are split, so that this file does not contain them.
  const hosts = [
    ['registry', 'npmjs'],
    ['registry', 'yarnpkg'],
    ['files', 'pythonhosted'],
    ['repo', 'maven', 'apache'],
    ['repo1', 'maven'],
    ['proxy', 'golang'],
    ['api', 'nuget'],
    ['central', 'sonatype'],
  ].map((parts) => parts.join('.'));
  const patterns = hosts.flatMap((host) => ['-e', `${host}.`]);
  const { status, stdout } = spawnSync(
    'git',
    ['grep', '-lIF', ...patterns, '--', ':!test/packaging/release/workflows.test.ts'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  // Status 1 means that the search worked and found nothing.
  expect([status, stdout]).toEqual([1, '']);
});
