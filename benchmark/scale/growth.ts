/**
 * Measures how a whole run grows with its objects: seconds, memory of each process, requests,
 * dollars.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { Shape } from '../dataset';
import { machine, replaceBetween } from '../write-docs';
import { toGrowthTable } from './growth-table';
import { measureGrowth, type GrowthResult } from './measure-growth';
import { report, type Verdict } from '../checks';

const USAGE = `usage: npx tsx benchmark/scale/growth.ts [--objects N,N] [--every N,N] [--key-bytes N] [--concurrency N] [--rate N] [--selective] [--write]
  --objects N,N    default 10000,100000,1000000
  --every N,N      one of so many is of the day; default 10,1
  --key-bytes N    length of the keys in the archive, up to 1024; default: as they come, about 40
  --concurrency N  batches at once; default: the construct's
  --rate N         objects a second at most; default: the construct's
  --selective      a function lists, not the map
  --write          the results into docs/results/scale.json, and all that stand there into docs/results/performance.md`;

const RESULTS = path.resolve(__dirname, '../../docs/results/scale.json');
/** These apply to one million objects that are all archived. */
const MAX_REQUESTS_PER_OBJECT = 1.0033;
const MAX_USD_PER_MILLION = { map: 5.085, selective: 5.04 };

async function main(args: string[]): Promise<void> {
  const { values } = parsed(args);
  const results: KeptResult[] = [];
  for (const every of numbers('--every', values.every ?? '10,1')) {
    for (const objects of numbers('--objects', values.objects ?? '10000,100000,1000000')) {
      const [keyBytes] =
        values['key-bytes'] === undefined
          ? [undefined]
          : numbers('--key-bytes', values['key-bytes']);
      const shape: Shape = {
        objects,
        every,
        keyBytes,
        traps: false,
        folders: 1000,
        objectBytes: 100,
      };
      const one = (flag: 'concurrency' | 'rate') =>
        values[flag] === undefined ? undefined : numbers(`--${flag}`, values[flag])[0];
      const growth = await measureGrowth(shape, {
        concurrency: one('concurrency'),
        objectsPerSecond: one('rate'),
        isSelective: values.selective,
      });
      const result = { measured: machine(), ...growth };
      console.error(JSON.stringify(result));
      results.push(result);
    }
  }
  console.log(toGrowthTable(results));
  if (values.write) {
    keep(results);
  }
  if (!report(results.flatMap(toVerdicts))) {
    process.exitCode = 1;
  }
}

/**
 * Each row has its date, its code and its machine, because the rows of a table may come from
 * several commands.
 */
type KeptResult = GrowthResult & { readonly measured: string };

/** Replaces the results of the same shape. */
function keep(results: readonly KeptResult[]): void {
  const before = fs.existsSync(RESULTS)
    ? (JSON.parse(fs.readFileSync(RESULTS, 'utf8')) as KeptResult[])
    : [];
  const getShape = ({ objects, every, keyBytes, rate, isSelective }: GrowthResult) =>
    [objects, every, keyBytes, rate, isSelective].join();
  const anew = new Set(results.map(getShape));
  const all = [...before.filter((result) => !anew.has(getShape(result))), ...results];
  fs.writeFileSync(RESULTS, `${JSON.stringify(all, undefined, 2)}\n`);
  // A release refuses the table if the code of one of them differs.
  const origins = [...new Set(all.map(({ measured }) => measured))].sort();
  replaceBetween(
    'results/performance.md',
    'scale',
    `${origins.join('\n')}\n\n${toGrowthTable(all)}`,
  );
}

function toVerdicts(result: GrowthResult): Verdict[] {
  const { objects, every, keyBytes, isSelective, status, requests, selected, wrong } = result;
  const lists = isSelective ? 'a function' : 'the map';
  const what = `${objects} objects, one of ${every}, ${lists} lists`;
  const isRight = {
    met: status === 'SUCCEEDED' && Object.keys(wrong).length === 0,
    what: `${what}: ${status}, wrong in the result: ${JSON.stringify(wrong)}`,
  };
  if (every !== 1 || objects < 1_000_000 || keyBytes !== undefined) {
    return [isRight];
  }
  const perObject = Object.values(requests).reduce((sum, count) => sum + count, 0) / selected;
  const usd = (result.estimate.usd / selected) * 1e6;
  const maxUsd = MAX_USD_PER_MILLION[isSelective ? 'selective' : 'map'];
  return [
    isRight,
    {
      met: perObject <= MAX_REQUESTS_PER_OBJECT,
      what: `${what}: ${perObject} requests per object, at most ${MAX_REQUESTS_PER_OBJECT}`,
    },
    {
      met: usd <= maxUsd,
      what: `${what}: $${usd.toFixed(3)} per million, at most $${maxUsd}`,
    },
  ];
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        objects: { type: 'string' },
        every: { type: 'string' },
        'key-bytes': { type: 'string' },
        concurrency: { type: 'string' },
        rate: { type: 'string' },
        selective: { type: 'boolean' },
        write: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`);
  }
}

function numbers(flag: string, text: string): number[] {
  if (!/^[1-9]\d{0,8}(,[1-9]\d{0,8})*$/.test(text)) {
    throw new Error(
      `${flag} is '${text}', but must be whole numbers above 0 with commas between\n${USAGE}`,
    );
  }
  return text.split(',').map(Number);
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
