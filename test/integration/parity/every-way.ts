import * as fs from 'node:fs';
import * as path from 'node:path';
import { play, type Played } from './play';
import { type Column, DROPPED, WAYS } from './ways';
import { SEED } from '../../../assurance/properties/check';

const COLUMNS: readonly Column[] = ['one-request copy', 'copy in parts', 'pack', 'found the same'];

/** Reads the table of what belongs to an object: what is lost, and on which way. */
function readLost(): string[] {
  const page = fs.readFileSync(path.join(__dirname, '../../../docs/safety.md'), 'utf8');
  const [, section] = /## What belongs to an object\n([^]*?)\n## /.exec(page)!;
  return section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => {
      const [, names, ...cells] = line.split('|').map((cell) => cell.trim());
      return COLUMNS.filter((_, i) => cells[i] === '**lost**').flatMap((column) =>
        names.split(', ').map((name) => `${name}: ${column}`),
      );
    });
}

/** @param mixtures the objects of each way that have several attributes at once */
export function itGoesEveryWay(mixtures: number): void {
  const played: Played[] = [];
  jest.setTimeout(600_000);

  test.each(WAYS.map((way) => [way.name, way] as const))(
    'whatever goes this way keeps what belongs to it, stays, or loses what the documents say: %s',
    async (_, way) => {
      const each = await play(way, mixtures);
      played.push(each);
      expect(each.findings).toEqual([]);
    },
  );

  test('the documents name all that is lost, and nothing else', () => {
    const dropped = DROPPED.flatMap(({ row, columns }) => columns.map((each) => `${row}: ${each}`));
    const told = readLost().filter((each) => !/^(ACL|owner): /.test(each));
    // What was lost before is not compared.
    expect(told.sort()).toEqual(dropped.filter((each) => !each.endsWith('found the same')).sort());
  });

  afterAll(() => {
    const sum = (field: 'objects' | 'combinations' | 'lost') =>
      played.reduce((total, each) => total + each[field], 0);
    process.stderr.write(
      `parity: PROPERTY_SEED=${SEED}, ${sum('objects')} objects, ${played.length} ways, ` +
        `${sum('combinations')} combinations, ${sum('lost')} lost attributes\n`,
    );
  });
}
