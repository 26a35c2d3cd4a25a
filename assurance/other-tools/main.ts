/**
 * Runs the commands of docs/coming-from.md, and this package, on the same objects: undisturbed,
 * while another program writes, while S3 fails, and killed halfway and run again. It fails if it
 * finds something else than the page says. `--write` writes the table of the page.
 *
 * usage: main.ts [--write] [--peers DIR] [--only TEXT]
 *
 * The programs are those of benchmark/install-peers.sh. One that is not installed, or whose version
 * is not that of the page, is left out. Without `--write`, other tools run only in the columns in
 * which a run finds the same each time.
 */
import { spawn } from 'node:child_process';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { ArchiverOptions } from './archiver';
import {
  type Column,
  COLUMN_NAMES,
  COLUMNS,
  describeName,
  describeWrong,
  findDifference,
  type Measured,
  readResults,
  renderResults,
  type Row,
  SAME_EACH_TIME,
  takeWorst,
  type Wrong,
  writeResults,
} from './results';
import { FAULTS, runTool, SHAPE } from './run-tool';
import { PAGE, readTools, readVersions, ROOT, type Tool } from './tools';
import { findProgram } from '../../benchmark/contenders';
import { selectedNames } from '../../benchmark/dataset';
import { machine, replaceBetween } from '../../benchmark/write-docs';

const OURS = '**This package**';

async function runArchiver(column: Column): Promise<Measured> {
  const options: ArchiverOptions = {
    shape: SHAPE,
    faults: column === 'faults' ? FAULTS : undefined,
    isKilled: column === 'killed',
    hasWriter: column === 'meanwhile',
  };
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join(__dirname, 'archiver.ts'), JSON.stringify(options)],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise((resolve) => child.on('close', resolve));
  return JSON.parse(said.trimEnd().split('\n').at(-1)!) as Measured;
}

interface Asked {
  readonly columns: readonly Column[];
  run(column: Column): Promise<Measured>;
}

/** What is found after the kill depends on the moment, so the page has the worst of three runs. */
const RUNS: Readonly<Record<Column, number>> = { calm: 1, meanwhile: 1, faults: 1, killed: 3 };

async function measure(row: Omit<Row, keyof Measured>, { columns, run }: Asked): Promise<Row> {
  const wrong: Record<Column, Wrong> = { calm: {}, meanwhile: {}, faults: {}, killed: {} };
  let requestsPerObject = 0;
  for (const column of columns) {
    for (let n = 0; n < RUNS[column]; n++) {
      const measured = await run(column);
      wrong[column] = takeWorst(wrong[column], measured.wrong);
      if (column === 'calm') {
        ({ requestsPerObject } = measured);
      }
    }
  }
  const measured = { ...row, wrong, requestsPerObject };
  console.log(describeName(measured));
  for (const column of columns) {
    console.log(`  ${column}: ${describeWrong(wrong[column])}`);
  }
  return measured;
}

interface Options {
  readonly write: boolean;
  readonly peers: string;
  readonly only: string;
}

/** Returns nothing if the tool is not installed, or not the one that the page tells about. */
async function measureTool(
  tool: Tool,
  kept: readonly Row[],
  { write, peers }: Options,
): Promise<Row | undefined> {
  const { name, how, shown, program } = tool;
  const version = program === undefined ? tool.version : readVersions(peers).get(program);
  const found = program === undefined ? '' : findProgram(program, peers);
  if (found === undefined || (program && version === undefined)) {
    console.log(`${name}: ${program} is not installed (benchmark/install-peers.sh)`);
    return undefined;
  }
  const before = kept.find((row) => row.name === name && row.how === how);
  if (!write && before && before.version !== version) {
    console.log(`${name}: the page tells about ${before.version}, and ${version} is installed`);
    return undefined;
  }
  return measure(
    { name, version, how, shown },
    {
      columns: write ? COLUMN_NAMES : SAME_EACH_TIME,
      run: (column) => runTool(tool, found, column),
    },
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      write: { type: 'boolean', default: false },
      peers: { type: 'string', default: path.join(os.tmpdir(), 'bench-peers') },
      only: { type: 'string', default: '' },
    },
  });
  const kept = values.write ? [] : readResults().rows;
  const ours = await measure({ name: OURS }, { columns: COLUMN_NAMES, run: runArchiver });
  const others: Row[] = [];
  for (const tool of readTools().filter(({ name }) => name.includes(values.only))) {
    const row = await measureTool(tool, kept, values);
    others.push(...(row ? [row] : []));
  }
  if (values.write) {
    const origin =
      `${machine()} ${selectedNames(SHAPE).length + 1} objects of the day among ` +
      `${SHAPE.objects + 6}.`;
    const results = { origin, rows: [ours, ...others] };
    writeResults(results);
    replaceBetween(PAGE, 'other tools', renderResults(results));
  }
  const checks = [
    ...COLUMN_NAMES.map((column) => findFault(ours, column)),
    ...(values.write
      ? []
      : others.flatMap((row) => SAME_EACH_TIME.map((column) => findDifference(kept, row, column)))),
  ];
  const problems = checks.filter((problem) => problem !== undefined);
  problems.forEach((problem) => console.log(problem));
  console.log(`${checks.length - problems.length} passed, ${problems.length} failed`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function findFault({ name, wrong }: Row, column: Column): string | undefined {
  return Object.keys(wrong[column]).length === 0
    ? undefined
    : `${name}, ${COLUMNS[column]}: ${describeWrong(wrong[column])}`;
}

void main();
