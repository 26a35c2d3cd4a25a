/**
 * What does it take to add a feature? Two patches are kept that add one each. This command applies
 * them to a copy of the repository, and says how many files of `src` each touches, how many of
 * these the compiler asks for, and whether the feature works:
 *
 *   npm run probe                          both patches
 *   npm run probe -- purge                 one of them
 *   npm run probe -- --counts              without bundles and tests
 *   npm run probe -- --edit purge FOLDER   makes a copy with the patch, to mend it there
 *   npm run probe -- --save purge FOLDER   makes the patch of what was changed in that copy
 *
 * The last line is `N passed, N failed`. The exit status is 1 if a limit is broken, or if a patch
 * does not apply or does not work. README.md says what is counted, and how to mend a patch.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { copyRepository, type Output, run } from './copy';

interface Probe {
  readonly name: string;
  readonly what: string;
  /** The file with the table that gets a row. */
  readonly row: string;
  readonly maxFiles: number;
}

const PROBES: readonly Probe[] = [
  {
    name: 'purge',
    what: 'an action that reports which archived objects are past some age',
    row: 'src/contract/actions.ts',
    maxFiles: 13,
  },
  {
    name: 'object-tags',
    what: 'a prop with tags that each archived copy gets besides those of its source',
    row: 'src/contract/given.ts',
    maxFiles: 12,
  },
];

/** Of the files that are there, the compiler asks for at least so many of a hundred. */
const MIN_NAMED = 80;
/** A prop is declared there, in any case, and before its row. */
const DECLARATIONS = ['src/s3-dated-archiver-props.ts', 'src/index.ts'];
/** What projen writes, which is left out of the patches. */
const GENERATED = ['.eslintrc.json', '.projen', 'package.json', 'sbom.cdx.json', 'API.md'];

interface PatchedFile {
  readonly file: string;
  readonly isNew: boolean;
}

/** What is said of one patch. Several are checked at the same time. */
class Checks {
  passed = 0;
  failed = 0;
  private readonly lines: string[] = [];

  constructor({ name, what }: Probe) {
    this.note(`${name}.patch: ${what}`);
  }

  add(isMet: boolean, text: string): void {
    this[isMet ? 'passed' : 'failed'] += 1;
    this.note(`  ${isMet ? 'ok    ' : 'FAILED'} ${text}`);
  }

  note(line: string): void {
    this.lines.push(line);
  }

  print(): void {
    console.log(`\n${this.lines.join('\n')}`);
  }
}

const toPatch = ({ name }: Probe) => path.join(__dirname, `${name}.patch`);

async function check(probe: Probe, folder: string, checks: Checks, counts: boolean): Promise<void> {
  copyRepository(folder);
  const applied = await run(folder, 'git', ['apply', '--check', toPatch(probe)]);
  if (applied.status !== 0) {
    checks.add(
      false,
      `the patch does not apply any more. To mend it: npm run probe -- --edit ${probe.name} FOLDER` +
        `\n${applied.text}`,
    );
    return;
  }
  const files = listFiles(folder, probe);
  checkFiles(probe, files, checks);
  await checkNamed(probe, files, folder, checks);
  await run(folder, 'git', ['checkout', '--quiet', '.']);
  await run(folder, 'git', ['apply', toPatch(probe)]);
  if (!counts) {
    await checkTests(files, folder, checks);
  }
}

function listFiles(folder: string, probe: Probe): PatchedFile[] {
  const patch = fs.readFileSync(toPatch(probe), 'utf8');
  return [...patch.matchAll(/^diff --git a\/(\S+) b\/\S+$/gm)].map(([, file]) => ({
    file,
    isNew: !fs.existsSync(path.join(folder, file)),
  }));
}

const ofSource = (files: readonly PatchedFile[]) =>
  files.filter(({ file }) => file.startsWith('src/'));

function checkFiles({ maxFiles }: Probe, files: readonly PatchedFile[], checks: Checks): void {
  const source = ofSource(files);
  const added = source.filter(({ isNew }) => isNew).length;
  checks.add(
    source.length <= maxFiles,
    `it touches ${source.length} files of src, at most ${maxFiles}: ${added} new ones, and ` +
      `${source.length - added} that are there (and ${files.length - source.length} others: ` +
      'tests, docs, the build, packages)',
  );
}

/** Applies only what the patch does to the table, and sees which files the compiler names. */
async function checkNamed(
  { row, name }: Probe,
  files: readonly PatchedFile[],
  folder: string,
  checks: Checks,
): Promise<void> {
  const expected = ofSource(files)
    .filter(({ file, isNew }) => !isNew && file !== row && !DECLARATIONS.includes(file))
    .map(({ file }) => file);
  await run(folder, 'git', ['apply', `--include=${row}`, path.join(__dirname, `${name}.patch`)]);
  const named = listNamed(await compile(folder, ['src']));
  const found = expected.filter((file) => named.has(file));
  const percentage = Math.floor((found.length / expected.length) * 100);
  checks.add(
    percentage >= MIN_NAMED,
    `with nothing but its row in ${row}, the compiler names ${found.length} of ` +
      `${expected.length} files, ${percentage} %, at least ${MIN_NAMED} %`,
  );
  const silent = expected.filter((file) => !named.has(file));
  for (const file of silent) {
    checks.note(`         not named: ${file}`);
  }
}

function compile(folder: string, include: readonly string[]): Promise<Output> {
  const config = 'tsconfig.probe.json';
  fs.writeFileSync(
    path.join(folder, config),
    JSON.stringify({ extends: './tsconfig.dev.json', include }),
  );
  const incremental = ['--incremental', '--tsBuildInfoFile', 'probe.tsbuildinfo'];
  return run(folder, 'tsc', ['-p', config, '--pretty', 'false', ...incremental]);
}

function listNamed({ text }: Output): Set<string> {
  return new Set([...text.matchAll(/^(src\/[^(]+)\(\d+,\d+\): error/gm)].map(([, file]) => file));
}

async function checkTests(
  files: readonly PatchedFile[],
  folder: string,
  checks: Checks,
): Promise<void> {
  const types = await compile(folder, ['src', ...files.map(({ file }) => file).filter(isScript)]);
  checks.add(types.status === 0, `with the patch, all types fit${tell(types)}`);
  const bundled = await bundle(folder);
  if (bundled) {
    checks.add(false, `the functions cannot be bundled${tell(bundled)}`);
    return;
  }
  const tests = files.map(({ file }) => file).filter((file) => file.endsWith('.test.ts'));
  const jest = ['--ci', '--testPathIgnorePatterns', '/node_modules/', '--runTestsByPath', ...tests];
  const output = await run(folder, 'jest', jest);
  const counted = /^Tests: +(.*)$/m.exec(output.text)?.[1] ?? 'no tests';
  checks.add(output.status === 0 && tests.length > 0, `its tests: ${counted}${tell(output)}`);
}

const isScript = (file: string) => file.endsWith('.ts') && !file.startsWith('.');

function tell({ status, text }: Output): string {
  return status === 0 ? '' : `\n${text.trimEnd().split('\n').slice(-60).join('\n')}`;
}

interface Task {
  readonly steps?: readonly { readonly execArgs?: readonly [string, ...string[]] }[];
}

/** Bundles the functions that the build has with the patch. Returns what failed. */
async function bundle(folder: string): Promise<Output | undefined> {
  const generated = await run(folder, 'projen', ['default']);
  if (generated.status !== 0) {
    return generated;
  }
  const text = fs.readFileSync(path.join(folder, '.projen/tasks.json'), 'utf8');
  const { tasks } = JSON.parse(text) as { readonly tasks: Readonly<Record<string, Task>> };
  const commands = Object.entries(tasks)
    .filter(([name]) => name.startsWith('bundle:'))
    .flatMap(([, { steps = [] }]) => steps.flatMap(({ execArgs }) => (execArgs ? [execArgs] : [])));
  const outputs = await Promise.all(commands.map(([name, ...args]) => run(folder, name, args)));
  return outputs.find(({ status }) => status !== 0);
}

/** Leaves conflicts in the files, as a merge does. */
async function edit(probe: Probe, folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  copyRepository(folder);
  const merged = await run(folder, 'git', ['apply', '--3way', toPatch(probe)]);
  // A clone without history has no such files, and then what does not fit is in files `*.rej`.
  const { text } = /^error: /m.test(merged.text)
    ? await run(folder, 'git', ['apply', '--reject', toPatch(probe)])
    : merged;
  console.log(
    `${text}Mend the feature in ${folder}, then: npm run probe -- --save ${probe.name} ${folder}`,
  );
}

async function save(probe: Probe, folder: string): Promise<void> {
  await run(folder, 'git', ['add', '--all']);
  const generated = GENERATED.map((file) => `:(exclude)${file}`);
  const diff = ['diff', '--cached', '--full-index', '--no-color', 'HEAD', '--', '.', ...generated];
  const { text, status } = await run(folder, 'git', diff);
  if (status !== 0 || text === '') {
    throw new Error(`there is no change in ${folder}: ${text}`);
  }
  fs.writeFileSync(toPatch(probe), text);
  console.log(`wrote ${path.relative(process.cwd(), toPatch(probe))}`);
}

function find(name: string): Probe {
  const probe = PROBES.find((each) => each.name === name);
  if (!probe) {
    throw new Error(`there is no patch "${name}": ${PROBES.map((each) => each.name).join(', ')}`);
  }
  return probe;
}

const checkCopy =
  (counts: boolean) =>
  async (probe: Probe): Promise<Checks> => {
    const checks = new Checks(probe);
    const copy = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'probe-'));
    try {
      await check(probe, copy, checks, counts);
    } finally {
      fs.rmSync(copy, { recursive: true, force: true });
    }
    checks.print();
    return checks;
  };

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      counts: { type: 'boolean', default: false },
      edit: { type: 'boolean' },
      save: { type: 'boolean' },
    },
  });
  const [name, folder] = positionals;
  if (values.edit || values.save) {
    if (folder === undefined) {
      throw new Error('name a patch and a folder, such as: --edit purge FOLDER');
    }
    await (values.edit ? edit : save)(find(name), path.resolve(folder));
    return;
  }
  const all = await Promise.all(
    (name === undefined ? PROBES : [find(name)]).map(checkCopy(values.counts)),
  );
  const sum = (what: 'passed' | 'failed') => all.reduce((total, each) => total + each[what], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
}

void main();
