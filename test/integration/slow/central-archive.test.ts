/**
 * Archivers of fifty accounts of an organization, and the bucket policy of one central
 * archive. The sandbox runs nights of two of them with every feature, and holds what they asked of
 * the archive against the policies of all others.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Size, Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { readAssembly } from '../../../packages/sandbox/src/assembly/read';
import { App as Assembly } from '../../../packages/sandbox/src/assembly/scope';
import type { RequestKeys } from '../../../packages/sandbox/src/iam/access';
import {
  openSandbox,
  type Sandbox,
  type SandboxOptions,
} from '../../../packages/sandbox/src/internal';
import { Packing, Retention, S3DatedArchiver } from '../../../src';

jest.setTimeout(600_000);

const CENTRAL = '999988887777';
const ORGANIZATION = 'o-exampleorgid';
const OTHER_ORGANIZATION = 'o-otherorgids';
const REGION = 'eu-west-1';
const MIB = 1024 ** 2;

const toAccount = (team: number) => String(111_111_110_000 + team);
const toName = (team: number) => `Team${String(team).padStart(2, '0')}`;
/** The last one is of another organization. */
const TEAMS = Array.from({ length: 51 }, (_, team) => team);
const MEMBERS = TEAMS.slice(0, 50);
const STRANGER = 50;

const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'central-archive-'));

function addCentral(app: App): void {
  const stack = new Stack(app, 'Central', { env: { account: CENTRAL, region: REGION } });
  const bucket = new s3.Bucket(stack, 'Archive', {
    bucketName: 'central',
    enforceSSL: true,
    objectLockEnabled: true,
    encryptionKey: new kms.Key(stack, 'Key'),
  });
  S3DatedArchiver.grantOrganization(bucket, { organizationId: ORGANIZATION });
}

/** Objects of a bucket with locks are not packed, so that each team has two archivers. */
const KINDS = ['Packing', 'Locking'] as const;
type Kind = (typeof KINDS)[number];

function addTeam(app: App, team: number, keyArn: string): void {
  const stack = new Stack(app, toName(team), { env: { account: toAccount(team), region: REGION } });
  const destinationBucket = s3.Bucket.fromBucketAttributes(stack, 'Central', {
    bucketName: 'central',
    account: CENTRAL,
    region: REGION,
  });
  const destinationKey = kms.Key.fromKeyArn(stack, 'CentralKey', keyArn);
  for (const kind of KINDS) {
    const archiver = new S3DatedArchiver(stack, kind, {
      bucket: new s3.Bucket(stack, `${kind}Source`, { objectLockEnabled: kind === 'Locking' }),
      prefix: 'incoming/',
      destinationBucket,
      destinationKey,
      destinationPrefix: `archive/${toName(team)}/${kind}/`,
      retention: Retention.governance({ years: 7 }),
      allowRestore: true,
      ...(kind === 'Packing' && { packing: Packing.zip({ maxObjectSize: Size.kibibytes(64) }) }),
    });
    archiver.handler.addEnvironment('MULTIPART_THRESHOLD_BYTES', String(5 * MIB));
  }
}

/** The ARN that the sandbox gives the key of the archive. */
function readKeyArn(directory: string): string {
  const [arn] = new Assembly(readAssembly(directory)).resolvable(
    'AWS::KMS::Key',
    ({ scope, logicalId }) => String(scope.attribute(logicalId, 'Arn')),
  );
  return arn;
}

interface Policy {
  readonly Statement: readonly { readonly Action: string | string[] }[];
}

/** The whole policy of the central archive, with the statement of `enforceSSL`. */
function readPolicy(): Policy {
  const file = path.join(outdir, 'all', 'Central.template.json');
  const { Resources } = JSON.parse(fs.readFileSync(file, 'utf8')) as {
    readonly Resources: Record<string, { Type: string; Properties: { PolicyDocument: Policy } }>;
  };
  const [policy, ...others] = Object.values(Resources).filter(
    ({ Type }) => Type === 'AWS::S3::BucketPolicy',
  );
  expect(others).toEqual([]);
  return policy.Properties.PolicyDocument;
}

beforeAll(() => {
  const alone = new App({ outdir: path.join(outdir, 'central'), treeMetadata: false });
  addCentral(alone);
  alone.synth();
  const keyArn = readKeyArn(path.join(outdir, 'central'));
  const app = new App({ outdir: path.join(outdir, 'all'), treeMetadata: false });
  addCentral(app);
  TEAMS.forEach((team) => addTeam(app, team, keyArn));
  app.synth();
});
afterAll(() => fs.rmSync(outdir, { recursive: true }));

const open: Sandbox[] = [];
afterEach(async () => {
  for (const sandbox of open.splice(0)) {
    await sandbox.close();
  }
});

async function openTeam(
  team: number,
  kind: Kind,
  options: Partial<SandboxOptions> = {},
): Promise<Sandbox> {
  const sandbox = await openSandbox({
    app: path.join(outdir, 'all'),
    stack: `${toName(team)}/${kind}`,
    retryScale: 0,
    organizations: {
      [CENTRAL]: ORGANIZATION,
      ...Object.fromEntries(MEMBERS.map((each) => [toAccount(each), ORGANIZATION])),
      [toAccount(STRANGER)]: OTHER_ORGANIZATION,
    },
    ...options,
  });
  open.push(sandbox);
  return sandbox;
}

/** Small objects, and others: with tags and annotations, copied in parts, and locked. */
function fill({ s3: served, sourceBucket }: Sandbox, kind: Kind): void {
  const { store } = served!;
  const put = (name: string, content: string, options?: Parameters<typeof store.put>[3]) =>
    store.put(sourceBucket, `incoming/${name}-2026-11-24.bin`, content, options);
  const more = { tags: { team: 'blue' }, annotations: { note: 'a note' } };
  put('small-1', 'small 1', { tags: { team: 'blue' } });
  put('small-2', 'small 2');
  put('small-3', 'small 3');
  put('small-4', 'small 4');
  put('medium', 'x'.repeat(100 * 1024), more);
  put('large', 'x'.repeat(11 * MIB), more);
  put('held', 'x'.repeat(100 * 1024), kind === 'Locking' ? { lock: { legalHold: true } } : {});
}

interface Asked {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly keys: RequestKeys;
}

const isOfArchive = (resource: string) =>
  /^arn:aws:s3:::central(\/|$)/.test(resource) ||
  resource.startsWith(`arn:aws:kms:${REGION}:${CENTRAL}:`);

const PLAYS = {
  Packing: [
    [{}, { listed: 7, archived: 7 }],
    [
      { action: 'verify', deep: true },
      { listed: 7, present: 7 },
    ],
    [
      { action: 'restore', target: 'reports', lines: 'packs' },
      { listed: 4, restored: 4 },
    ],
    [{ action: 'restore' }, { listed: 7, restored: 7 }],
    // The copies are there already, and are compared.
    [{}, { listed: 7, archived: 7 }],
  ],
  Locking: [
    [{}, { listed: 7, archived: 7 }],
    [{ action: 'verify' }, { listed: 7, present: 7 }],
    [{ action: 'restore' }, { listed: 7, restored: 7 }],
    [{}, { listed: 7, archived: 7 }],
  ],
};

/** What the roles of an archiver ask of the central archive, in two nights and between them. */
async function rehearseNights(team: number, kind: Kind): Promise<Asked[]> {
  const sandbox = await openTeam(team, kind);
  const { access } = sandbox;
  const asked: Asked[] = [];
  access.onUse = ({ caller, requirement: { action, resource, keys } }) => {
    if (caller.kind === 'role' && isOfArchive(resource)) {
      const role = access.policies.roles.get(caller.roleArn)!.path;
      asked.push({ role, action, resource, keys: [...(keys?.() ?? [])] });
    }
  };
  fill(sandbox, kind);
  for (const [input, counts] of PLAYS[kind]) {
    const run = await sandbox.run({ input: { date: '2026-11-24', ...input } });
    expect([kind, input, run.status, run.cause, run.counts]).toEqual([
      kind,
      input,
      'SUCCEEDED',
      null,
      expect.objectContaining(counts),
    ]);
  }
  return asked;
}

/** Asks the same with the roles of another team, of its own folder. */
function askAs({ access }: Sandbox, team: number, asked: readonly Asked[]): string[] {
  const toTheirs = (text: string) => text.replaceAll(toName(0), toName(team));
  const roles = new Map([...access.policies.roles.values()].map((role) => [role.path, role]));
  return asked.flatMap(({ role, action, resource, keys }) => {
    const caller = access.toSession(roles.get(toTheirs(role))!.arn, 'replay')!;
    const theirs = {
      action,
      resource: toTheirs(resource),
      keys: () => [...keys].map(([name, value]) => [name, toTheirs(value)] as const),
    };
    try {
      access.demandOf(caller, theirs);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
}

test('one policy lets the archivers of fifty accounts work, and refuses a fifty-first', async () => {
  const asked = [...(await rehearseNights(0, 'Packing')), ...(await rehearseNights(0, 'Locking'))];
  expect([...new Set(asked.map(({ role }) => role.split('/')[2]))].sort()).toEqual([
    'ArchiveBatch',
    'PlanRun',
    'RestoreBatch',
    'VerifyBatch',
  ]);
  // ListMultipartUploadParts is for an answer to UploadPartCopy that was lost.
  const used = new Set([...asked.map(({ action }) => action), 's3:ListMultipartUploadParts']);
  expect([...used].sort()).toEqual([
    'kms:Decrypt',
    'kms:GenerateDataKey',
    ...[...new Set(readPolicy().Statement.flatMap(({ Action }) => Action))]
      .filter((action) => action !== 's3:*')
      .sort(),
  ]);

  const sandbox = await openTeam(0, 'Packing');
  for (const team of MEMBERS) {
    expect([team, askAs(sandbox, team, asked)]).toEqual([team, []]);
  }
  const refused = askAs(sandbox, STRANGER, asked);
  expect(refused).toHaveLength(asked.length);
  expect(
    refused.filter((text) => !text.includes('because no resource-based policy allows')),
  ).toEqual([]);
});

test('the policy is far from the 20 KB that a bucket policy may have', () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
  expect(JSON.stringify(readPolicy()).length).toBeLessThan(3_000);
});

test.each([
  ['of another organization', STRANGER, {}],
  ['of an account in no organization', 1, { organizations: {} }],
])('a night of an archiver %s fails, and its sources stay', async (_, team, options) => {
  const sandbox = await openTeam(team, 'Locking', options);
  fill(sandbox, 'Locking');
  const before = sandbox.s3!.store.keys(sandbox.sourceBucket);
  const run = await sandbox.run({ input: { date: '2026-11-24' } });
  expect([run.status, run.cause]).toEqual(['FAILED', expect.stringContaining('denied')]);
  expect(sandbox.s3!.store.keys(sandbox.sourceBucket)).toEqual(before);
  expect(sandbox.s3!.store.keys('central')).toEqual([]);
});

test("a role of the bucket's own account gets nothing from these statements", async () => {
  const { access } = await openTeam(0, 'Packing');
  const [rules] = [...access.policies.resources].flatMap(([arn, each]) =>
    arn === 'arn:aws:s3:::central' ? [each] : [],
  );
  const judge = (account: string) => {
    const role = `arn:aws:iam::${account}:role/anybody`;
    const keys = new Map([
      ['aws:principalorgid', ORGANIZATION],
      ['aws:principalaccount', account],
      ['aws:principalarn', role],
      ['aws:securetransport', 'true'],
    ]);
    return rules.judge('s3:GetObject', 'arn:aws:s3:::central/archive/key', () => keys).allowing;
  };
  expect([judge(CENTRAL).length, judge(toAccount(0)).length]).toEqual([0, 1]);
});
