import { openSandbox, type Sandbox } from '../../src/internal';
import { archiverTemplate, cleanUp, writeAssembly } from '../fixtures/assembly';

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
  cleanUp();
});

async function opened(
  app: string,
  buckets: Record<string, string>,
  stack?: string,
): Promise<Sandbox> {
  const sandbox = await openSandbox({ app, buckets, stack });
  open.push(sandbox);
  return sandbox;
}

const shared = (name: string) => ({
  name,
  template: {
    Resources: { B: { Type: 'AWS::S3::Bucket' } },
    Outputs: { Out: { Value: { Ref: 'B' }, Export: { Name: name } } },
  },
});

/**
 * Returns an assembly in which the source and the destination bucket are both called `B`, each in
 * its own stack.
 */
function acrossStacks(): string {
  const template = archiverTemplate();
  const { Variables } = template.Resources.BatchFunction.Properties.Environment;
  Object.assign(Variables, {
    SOURCE_BUCKET: { 'Fn::ImportValue': 'Landing' },
    DESTINATION_BUCKET: { 'Fn::ImportValue': 'Vault' },
  });
  return writeAssembly([shared('Landing'), shared('Vault'), { name: 'Stack', template }]);
}

test('a bucket is named with its stack, and no other one with it', async () => {
  const sandbox = await opened(acrossStacks(), { 'Landing/B': 'one', 'Vault/B': 'two' });
  expect([sandbox.sourceBucket, sandbox.destinationBucket]).toEqual(['one', 'two']);
  expect([sandbox.bucket('Landing/B'), sandbox.bucket('Vault/B')]).toEqual(['one', 'two']);
  expect((await opened(acrossStacks(), { 'Landing/B': 'one' })).destinationBucket).toMatch(
    /^vault-b-/,
  );
});

test(
  "a logical id that stands for several buckets of the archiver's is refused, with the " +
    'choices',
  async () => {
    await expect(opened(acrossStacks(), { B: 'one' })).rejects.toThrow(
      expect.objectContaining({
        name: 'UsageError',
        message:
          '--bucket B: there are several of that logical id; choose one\n  Landing/B\n  Vault/B',
      }),
    );
    await expect(opened(acrossStacks(), { 'Nowhere/B': 'one' })).rejects.toThrow(
      'no bucket has that logical id; there are B, B, Source, Reports',
    );
  },
);

test('of stacks that are alike, the bucket counts that the archiver uses', async () => {
  const app = writeAssembly(
    ['Dev', 'Prod'].map((name) => ({
      name,
      template: archiverTemplate({}, { scope: `${name}/Nightly` }),
    })),
  );
  const sandbox = await opened(app, { Source: 'mine' }, 'Prod');
  expect([
    sandbox.sourceBucket,
    sandbox.bucket('Source'),
    sandbox.bucket('Dev/Source').slice(0, 11),
  ]).toEqual(['mine', 'mine', 'dev-source-']);
});

test.each([
  ['without a default', { Type: 'String' }, 'parameter SourceName has no default'],
  [
    'whose value is in SSM',
    { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/data/bucket' },
    'the value of parameter SourceName is in SSM, as /data/bucket',
  ],
])(
  "a parameter %s has to be given, if it is a bucket's name",
  async (_name, parameter, message) => {
    const { Resources } = archiverTemplate();
    Resources.BatchFunction.Properties.Environment.Variables.SOURCE_BUCKET = { Ref: 'SourceName' };
    const app = writeAssembly([
      { name: 'Stack', template: { Parameters: { SourceName: parameter }, Resources } },
    ]);
    await expect(opened(app, {})).rejects.toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(message) }),
    );
    await expect(opened(app, {})).rejects.toThrow('give it with --bucket SourceName=NAME');
    expect((await opened(app, { SourceName: 'mine' })).sourceBucket).toBe('mine');
  },
);

test('a parameter that holds a name in SSM, not a value, has its default', async () => {
  const { Resources } = archiverTemplate();
  Resources.BatchFunction.Properties.Environment.Variables.NAME = { Ref: 'P' };
  await opened(
    writeAssembly([
      {
        name: 'Stack',
        template: {
          Parameters: { P: { Type: 'AWS::SSM::Parameter::Name', Default: '/x' } },
          Resources,
        },
      },
    ]),
    {},
  );
});
