/**
 * Runs what a billion objects make large: a plan of a million parts. ListObjects lists, writes the
 * parts and the file of all parts, and the map of the sandbox starts a child for each line of that
 * file. `report-run.ts` measures what follows. There are no objects behind the parts, and a part
 * has 10 objects in place of 1,000, so that it takes minutes.
 *
 * Each phase runs with a quarter of the parts, too, so that it shows whether the memory grows.
 *
 * usage: plan-parts.ts [PARTS] [--write]
 *   PARTS: 1,000,000 by default
 *   --write: the table into docs/results/scale.md
 */
import { fork } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { type Figures, list, runMap } from './plan-parts-phases';
import { writeMap } from './synthesize-map';
import { LIST_OBJECTS_MEMORY } from '../../src/contract/memory';
import { report, type Verdict } from '../checks';
import { whole } from '../figures';
import { machine, replaceBetween } from '../write-docs';

const PHASES = { list, map: runMap } as const;
type Phase = keyof typeof PHASES;

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly figures: Figures;
}

const OBJECTS_PER_PART = 10;
const MIB = 1024 ** 2;
/**
 * A heap of this size, in MiB, has to be enough for any number of parts. Without a limit, garbage
 * would be collected late.
 */
const MAX_HEAP = 256;
/**
 * Four times the parts may take this much more memory: a round has at most 50,000 parts, so both
 * sizes have several rounds.
 */
const FLAT_MIB = 64;
/**
 * Quotas of AWS.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html
 */
const MAX_STATE_BYTES = 256 * 1024;
const MAX_EVENTS = 25_000;
const MAX_ITEMS_FILE_BYTES = 10e9;
/** What a round of ListObjects adds to the history: five events of a Task, two of a Choice. */
const EVENTS_PER_ROUND = 7;

async function runPhase([phase, folder, parts]: string[]): Promise<void> {
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  const began = performance.now();
  const cpu = process.cpuUsage();
  const figures = await PHASES[phase as Phase](folder, Number(parts), OBJECTS_PER_PART);
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(watch);
  process.send!({
    seconds: (performance.now() - began) / 1_000,
    cpuSeconds: (user + system) / 1e6,
    peakMiB: peak / MIB,
    figures,
  } satisfies Measured);
}

function measure(phase: Phase, folder: string, parts: number): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = fork(__filename, [phase, folder, String(parts)], {
      execArgv: [...process.execArgv, `--max-old-space-size=${MAX_HEAP}`],
    });
    child.once('message', resolve);
    child.once('exit', (code) =>
      reject(new Error(`${phase} with ${parts} parts exited with ${code}`)),
    );
  });
}

async function main(parts: number, write: boolean): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plan-parts-'));
  const results: Record<Phase, Measured[]> = { list: [], map: [] };
  try {
    for (const size of [parts / 4, parts]) {
      writeMap(folder);
      for (const phase of ['list', 'map'] as const) {
        const measured = await measure(phase, folder, size);
        results[phase].push(measured);
        const { seconds, cpuSeconds, peakMiB, figures } = measured;
        console.log(
          `${phase}, ${whole(size)} parts: ${whole(seconds)} s, ${whole(cpuSeconds)} s of CPU, ` +
            `${whole(peakMiB)} MiB at most`,
        );
        console.log(
          `  ${Object.entries(figures)
            .map(([name, figure]) => `${name} ${whole(figure)}`)
            .join(', ')}`,
        );
      }
      fs.rmSync(folder, { recursive: true });
      fs.mkdirSync(folder);
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  const table = toTable(parts, results);
  console.log(`\n${table}`);
  if (write) {
    replaceBetween('results/scale.md', 'plan parts', `${machine()}\n\n${table}`);
  }
  if (!report(toVerdicts(parts, results))) {
    process.exitCode = 1;
  }
}

function toTable(parts: number, results: Record<Phase, Measured[]>): string {
  const rows = (['list', 'map'] as const).flatMap((phase) =>
    results[phase].map(({ seconds, cpuSeconds, peakMiB }, i) => [
      phase === 'list' ? 'ListObjects' : 'the map, in the sandbox',
      ...[[parts / 4, parts][i], seconds, cpuSeconds, peakMiB].map(whole),
    ]),
  );
  return [
    ['', 'parts', 'seconds', 'seconds of CPU', 'peak MiB'],
    ['---', '--:', '--:', '--:', '--:'],
    ...rows,
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function toVerdicts(
  parts: number,
  { list: lists, map: maps }: Record<Phase, Measured[]>,
): Verdict[] {
  const [listed, mapped] = [lists[1].figures, maps[1].figures];
  const grows = ([less, more]: Measured[]) => more.peakMiB - less.peakMiB;
  const events = listed.rounds * EVENTS_PER_ROUND;
  return [
    {
      met:
        listed.selected === parts * OBJECTS_PER_PART &&
        mapped.children === parts &&
        mapped.objects === listed.selected,
      what: 'each object is in one part, and each part has one child',
    },
    {
      met: grows(lists) < FLAT_MIB,
      what:
        `the memory of ListObjects grows by ${whole(grows(lists))} MiB with four times the ` +
        'parts',
    },
    {
      met: grows(maps) < FLAT_MIB,
      what: `the memory of the map grows by ${whole(grows(maps))} MiB with four times the parts`,
    },
    {
      met: lists[1].peakMiB < LIST_OBJECTS_MEMORY / 2,
      what: `half of the ${LIST_OBJECTS_MEMORY} MiB of ListObjects is enough`,
    },
    {
      met: listed.stateBytes < MAX_STATE_BYTES / 10,
      what: `the state has ${whole(listed.stateBytes)} of ${whole(MAX_STATE_BYTES)} bytes`,
    },
    {
      met: mapped.inputBytes < MAX_STATE_BYTES / 10,
      what:
        `the input of a child has ${whole(mapped.inputBytes)} of ${whole(MAX_STATE_BYTES)} ` +
        'bytes',
    },
    {
      met: listed.partsFileBytes < MAX_ITEMS_FILE_BYTES / 10,
      what:
        `the file that the map reads has ${whole(listed.partsFileBytes / 1e6)} of ` +
        `${whole(MAX_ITEMS_FILE_BYTES / 1e6)} MB`,
    },
    {
      met: events < MAX_EVENTS / 10,
      what:
        `${listed.rounds} rounds of ListObjects add ${whole(events)} of ${whole(MAX_EVENTS)} ` +
        'events',
    },
  ];
}

const args = process.argv.slice(2);
void (process.send
  ? runPhase(args)
  : main(Number(args.find((arg) => /^\d+$/.test(arg)) ?? 1_000_000), args.includes('--write')));
