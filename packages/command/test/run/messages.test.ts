/** What people are told: commands that they can type here, and costs that they pay. */
import { type Command, DAYS, openCommand } from '../helpers/run-command';

let command: Command;
beforeEach(async () => {
  command = await openCommand();
});
afterEach(() => command.close());

const seed = (key: string, content = key) => command.s3.store.put('source', key, content);

interface Reported {
  readonly cost: { readonly items: { readonly what: string }[] };
  readonly links: object;
}

function readReport(): Reported {
  const { store } = command.s3;
  const keys = store.keys('reports').filter((key) => key.endsWith('/report.json'));
  return JSON.parse(store.get('reports', keys.at(-1)!)!.body.bytes().toString()) as Reported;
}

test('a conflict is told with the command that comes next, which moves nothing', async () => {
  seed('incoming/a-2026-11-24.csv', 'one');
  seed('archive/2026/11/24/a-2026-11-24.csv', 'another');
  const { status, stderr } = await command.archive([...DAYS, '--name', 'tidy']);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /npx s3-dated-archiver archive s3:\/\/source\/incoming\/ s3:\/\/source\/archive\/ .*--name tidy.* --from 2026-11-24 --to 2026-11-24 --dry-run\n/,
  );
  expect(stderr).not.toMatch(/stepfunctions|deploy|STATE_MACHINE/);
  expect(readReport().links).toEqual({});
});

test('the commands of the AWS CLI ask the same S3, as the same user', async () => {
  seed('incoming/a-2026-11-24.csv', 'one');
  seed('archive/2026/11/24/a-2026-11-24.csv', 'another');
  const region = ['--region', 'eu-west-1'];
  const { stderr } = await command.archive([...DAYS, ...region]);
  const aws = `aws --region eu-west-1 --endpoint-url ${command.s3.endpoint} `;
  expect(stderr).toContain(`\n${aws}s3api head-object --bucket source --key `);
  expect(stderr).toContain(`\nReport: ${aws}s3 cp `);
  expect(stderr).not.toMatch(/aws s3/);
});

test('names without dates are explained by flags', async () => {
  seed('incoming/undated.csv');
  const { stderr } = await command.run('archive', [...DAYS, '--dry-run']);
  expect(stderr).toContain('give --date-source and --date-format that fit their keys');
  expect(stderr).not.toMatch(/deploy/);
});

test('a denied listing of the reports is told before anything begins', async () => {
  seed('incoming/a-2026-11-24.csv');
  command.s3.store.deny({ bucket: 'reports' });
  const { status, stderr } = await command.run('archive', [...DAYS, '--dry-run']);
  expect(status).toBe(1);
  expect(stderr).toMatch(/denied the listing of the reports.*\n.* --dry-run --print-policy\n$/);
});

test('only S3 costs', async () => {
  seed('incoming/a-2026-11-24.csv');
  await command.archive();
  const services = readReport().cost.items.map(({ what }) => what.split(':')[0]);
  expect([...new Set(services)]).toEqual(['S3']);
});

test('a verification of another place says which flag to give', async () => {
  seed('incoming/a-2026-11-24.csv');
  await command.archive();
  const places = ['s3://source/incoming/', 's3://source/elsewhere/'];
  const { status, stderr } = await command.run('verify', [...DAYS], {}, places);
  expect(status).toBe(1);
  expect(stderr).toMatch(/or give the old destination\n$/);
});
