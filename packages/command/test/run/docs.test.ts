/** Types the commands of docs/once.md. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type S3Double, startS3 } from 'cdk-s3-dated-archiver-s3-double';
import { OWNER } from '../helpers/run-command';
import { spawnCommand } from '../helpers/spawn-command';

const PAGE = readFileSync(path.join(__dirname, '../../../../docs/once.md'), 'utf8');
const COMMANDS = [...PAGE.matchAll(/```sh\n(.*?)```/gs)]
  .flatMap(([, block]) => block!.replaceAll('\\\n', ' ').split('\n'))
  .filter((line) => line.startsWith('npm run --silent s3-dated-archiver -- '))
  .map((line) => line.split(' -- ')[1]!.split(/\s+/));
const ID = '2026-11-25T09-00-00Z-1a2b3c4d';

let s3: S3Double;
beforeAll(async () => {
  s3 = await startS3();
  s3.store.createBucket('logs');
  s3.store.createBucket('ops');
  s3.store.put('logs', 'incoming/a-2026-11-24.csv', 'a');
});
afterAll(() => s3.close());

test('the commands of the page do what it says, one after the other', async () => {
  let id = '';
  const left: number[] = [];
  for (const words of COMMANDS) {
    const argv = words.map((word) => (word === ID ? id : word));
    const more = ['--endpoint', s3.endpoint, '--path-style'];
    const owner = argv[0] === 'look' ? [] : ['--expected-owner', OWNER];
    const { status, output } = await spawnCommand([...argv, ...more, ...owner]).ended;
    expect([argv[0], status]).toEqual([argv[0], 0]);
    id = /--confirm (\S+)$/m.exec(output)?.[1] ?? id;
    left.push(s3.store.keys('logs', 'incoming/').length);
  }
  // Look, dry run, archive, verify, policy.
  expect(left).toEqual([1, 1, 0, 0, 0]);
});

test('the flags of the page are flags', async () => {
  const { output } = await spawnCommand(['archive', '--help']).ended;
  const verify = await spawnCommand(['verify', '--help']).ended;
  const flags = new Set([...PAGE.matchAll(/`?(--[a-z][a-z-]+)/g)].map(([, flag]) => flag!));
  const unknown = [...flags].filter(
    (flag) => !`${output}${verify.output}`.includes(flag) && flag !== '--silent',
  );
  expect(unknown).toEqual([]);
});
