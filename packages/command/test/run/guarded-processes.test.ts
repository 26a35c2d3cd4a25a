/** The function processes send nothing beyond the limits, with any settings. */
import { createSurroundings } from '../../src/functions/create-surroundings';
import { type DryRun, toDigest } from '../../src/run/dry-run';
import { type Command, DAYS, openCommand, type Ran } from '../helpers/run-command';

let command: Command;
beforeEach(async () => {
  command = await openCommand();
  for (let n = 0; n < 3; n++) {
    command.s3.store.put('source', `incoming/a-2026-11-24-${n}.csv`, `${n}`);
  }
});
afterEach(() => command.close());

const keys = () => command.s3.store.keys('source');

/** Runs with settings that a dry run would refuse, too, so its file says that it had them. */
async function archiveWith(variables: Record<string, string>): Promise<Ran> {
  const { store } = command.s3;
  const { summary } = await command.run('archive', [...DAYS, '--dry-run']);
  const key = store.keys('reports').find((each) => each.endsWith('/dry-run.json'))!;
  const dryRun = JSON.parse(store.get('reports', key)!.body.bytes().toString()) as DryRun;
  const settings = { ...dryRun.settings, ...variables };
  store.put('reports', key, JSON.stringify({ ...dryRun, settings, digest: toDigest(settings) }));
  return command.run('archive', [...DAYS, '--confirm', summary!.id], { variables });
}

test('a destination elsewhere gets nothing, and nothing leaves its source', async () => {
  const before = keys();
  const { status, stderr, stdout } = await archiveWith({ DESTINATION_PREFIX: 'elsewhere/' });
  expect(keys()).toEqual(before);
  expect(command.s3.requests.CopyObject).toBeUndefined();
  expect(stdout + stderr).toMatch(/is below neither the destination/);
  expect(status).toBe(1);
});

test('a source elsewhere is not read', async () => {
  command.s3.store.put('source', 'private/b-2026-11-24.csv', 'b');
  const before = keys();
  const { status } = await archiveWith({ SOURCE_PREFIX: 'private/' });
  expect(status).toBe(1);
  expect(keys()).toEqual(before);
});

test('another owner of a bucket gets nothing', async () => {
  command.s3.store.bucket('source').account = '999988887777';
  const before = keys();
  const { status } = await command.run('archive', [...DAYS, '--dry-run']);
  expect(status).toBe(1);
  expect(keys()).toEqual(before);
});

test('a process without limits does not start', () =>
  expect(() => createSurroundings(undefined)).toThrow(/only the command may start/));
