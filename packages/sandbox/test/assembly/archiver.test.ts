import * as fs from 'node:fs';
import * as path from 'node:path';
import { findArchiver } from '../../src/assembly/archiver';
import { Functions } from '../../src/assembly/functions';
import { readAssembly } from '../../src/assembly/read';
import { App, type StackScope } from '../../src/assembly/scope';
import { archiverTemplate, cleanUp, temporaryDirectory, writeAssembly } from '../fixtures/assembly';

afterAll(cleanUp);

const find = (directory: string, wanted?: string) =>
  findArchiver(new App(readAssembly(directory)), wanted);
const other = {
  Resources: {
    Inline: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { Definition: { StartAt: 'A', States: { A: { Type: 'Succeed' } } } },
    },
  },
};

test('is the state machine with a Distributed Map, whatever else there is', () => {
  const found = find(
    writeAssembly([
      { name: 'Other', template: other },
      { name: 'Stack', template: archiverTemplate() },
    ]),
  );
  expect(found).toMatchObject({ path: 'Stack/Nightly', logicalId: 'Machine' });
  expect(found.definition.States.Map!.ItemProcessor!.StartAt).toBe('Batch');
});

test('is found in the nested assembly of a Stage', () => {
  const template = archiverTemplate({}, { scope: 'Prod/Stack/Nightly' });
  expect(
    find(writeAssembly([], { Prod: [{ name: 'Prod-Stack', path: 'Prod/Stack', template }] })).path,
  ).toBe('Prod/Stack/Nightly');
});

describe('with several', () => {
  const twoInOne = archiverTemplate({}, { scope: 'A/Nightly' });
  twoInOne.Resources.Second = {
    ...twoInOne.Resources.Machine,
    Metadata: { 'aws:cdk:path': 'A/Weekly/StateMachine/Resource' },
  };
  let directory: string;
  beforeAll(() => {
    directory = writeAssembly([
      { name: 'A', template: twoInOne },
      {
        name: 'Prod-B',
        path: 'Prod/B',
        template: archiverTemplate({}, { scope: 'Prod/B/Nightly' }),
      },
    ]);
  });

  test.each([
    ['Prod-B', 'Prod/B/Nightly'],
    ['Prod/B', 'Prod/B/Nightly'],
    ['A/Weekly', 'A/Weekly'],
    ['A/Nightly', 'A/Nightly'],
  ])('%s chooses %s', (wanted, chosen) => {
    expect(find(directory, wanted).path).toBe(chosen);
  });

  test.each([
    [undefined, 'several archivers'],
    ['A', 'several archivers'],
    ['C', '--stack C: no archiver there'],
    ['A/Night', 'no archiver there'],
  ])('%s is refused, with the choices', (wanted, message) => {
    expect(() => find(directory, wanted)).toThrow(message);
    expect(() => find(directory, wanted)).toThrow(
      'A/Nightly (stack A)\n  A/Weekly (stack A)\n  Prod/B/Nightly (stack Prod-B)',
    );
  });
});

test.each([
  [() => path.join(temporaryDirectory(), 'absent'), 'no such directory'],
  [() => temporaryDirectory(), 'not a cloud assembly'],
  [
    () => writeAssembly([{ name: 'Other', template: other }]),
    'none has a state machine with a Distributed Map',
  ],
])('nothing to run (%#) is refused', (directory, message) => {
  expect(() => find(directory())).toThrow(message);
});

test('a nested stack gets its parameters, and gives its outputs', () => {
  const directory = writeAssembly([
    {
      name: 'Parent',
      template: {
        Resources: {
          B: { Type: 'AWS::S3::Bucket' },
          Child: {
            Type: 'AWS::CloudFormation::Stack',
            Properties: { Parameters: { Given: { Ref: 'B' } } },
            Metadata: {
              'aws:cdk:path': 'Parent/Child.NestedStack/Child.NestedStackResource',
              'aws:asset:path': 'child.template.json',
            },
          },
        },
      },
    },
  ]);
  fs.writeFileSync(
    path.join(directory, 'child.template.json'),
    JSON.stringify({
      Parameters: { Given: { Type: 'String' } },
      Resources: {},
      Outputs: { Out: { Value: { 'Fn::Sub': 'got ${Given}' } } },
    }),
  );
  const [parent, child] = new App(readAssembly(directory)).scopes;
  expect(child!.path).toBe('Parent/Child');
  expect(parent!.resolve({ 'Fn::GetAtt': ['Child', 'Outputs.Out'] })).toBe(
    `got ${parent!.physicalName('B')}`,
  );
});

/**
 * Returns a nested stack as in an assembly that the CDK CLI did not make: no metadata names the
 * stack's file.
 */
function withNested(url: unknown): [StackScope, StackScope | undefined] {
  const template = {
    Resources: {
      Child: {
        Type: 'AWS::CloudFormation::Stack',
        Properties: { TemplateURL: url, Parameters: { Odd: { 'Fn::ImportValue': 'elsewhere' } } },
      },
    },
  };
  const directory = writeAssembly([{ name: 'Parent', template }]);
  const write = (file: string, content: object) =>
    fs.writeFileSync(path.join(directory, file), JSON.stringify(content));
  const manifest = JSON.parse(fs.readFileSync(path.join(directory, 'manifest.json'), 'utf8'));
  manifest.artifacts['Parent.assets'] = {
    type: 'cdk:asset-manifest',
    properties: { file: 'Parent.assets.json' },
  };
  write('manifest.json', manifest);
  write('Parent.assets.json', {
    files: {
      abc: {
        source: { path: 'child.template.json' },
        destinations: { here: { bucketName: 'assets', objectKey: 'abc.json' } },
      },
    },
  });
  write('child.template.json', {
    Parameters: { Odd: { Type: 'String' } },
    Outputs: { Out: { Value: 'of the child' } },
  });
  const [parent, child] = new App(readAssembly(directory)).scopes;
  return [parent!, child];
}

test('a nested stack is found by the key at the end of its URL', () => {
  const [parent, child] = withNested({
    'Fn::Join': [
      '',
      ['https://s3.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }, '/assets/abc.json'],
    ],
  });
  expect(child!.path).toBe('Parent/Child');
  expect(parent.resolve({ 'Fn::GetAtt': ['Child', 'Outputs.Out'] })).toBe('of the child');
});

test.each([
  [
    'https://example.com/other.json',
    'nested stack Child is not in the assembly, but at https://example.com/other.json',
  ],
  [{ 'Fn::ImportValue': 'elsewhere' }, 'exports elsewhere'],
])('a nested stack at %j is left out, until something refers to it', (url, reason) => {
  const [parent, child] = withNested(url);
  expect(child).toBeUndefined();
  expect(() => parent.resolve({ 'Fn::GetAtt': ['Child', 'Outputs.Out'] })).toThrow(reason);
  expect(() => parent.resolve({ 'Fn::GetAtt': ['Child', 'Outputs.Out'] })).toThrow(
    'Child.Outputs.Out is needed',
  );
});

describe('functions', () => {
  test('are found by ARN, name and qualified ARN, with what the template says of them', () => {
    const app = new App(
      readAssembly(writeAssembly([{ name: 'Stack', template: archiverTemplate() }])),
    );
    const functions = new Functions(app);
    const arn = String(app.scopes[0]!.attribute('BatchFunction', 'Arn'));
    const spec = functions.find(arn)!;
    expect(spec).toMatchObject({
      logicalId: 'BatchFunction',
      handler: 'index.handler',
      timeoutSeconds: 10,
      memoryMb: 128,
    });
    expect(spec.environment).toEqual({
      SOURCE_BUCKET: app.scopes[0]!.physicalName('Source'),
      DESTINATION_BUCKET: 'elsewhere',
      REPORT_BUCKET: app.scopes[0]!.physicalName('Reports'),
    });
    expect(functions.find(spec.name)).toBe(spec);
    expect(functions.find(`${arn}:$LATEST`)).toBe(spec);
    expect(functions.find('arn:aws:lambda:us-east-1:123456789012:function:other')).toBeUndefined();
    functions.close();
  });

  test('take their code from the asset that the manifest lists under their key', () => {
    const template = archiverTemplate();
    template.Resources.BatchFunction.Properties.Code = {
      S3Bucket: { 'Fn::Sub': 'assets-${AWS::Region}' },
      S3Key: 'abc.zip',
    };
    const directory = writeAssembly([{ name: 'Stack', template }]);
    fs.mkdirSync(path.join(directory, 'asset.abc'));
    const manifest = JSON.parse(fs.readFileSync(path.join(directory, 'manifest.json'), 'utf8'));
    manifest.artifacts['Stack.assets'] = {
      type: 'cdk:asset-manifest',
      properties: { file: 'Stack.assets.json' },
    };
    fs.writeFileSync(path.join(directory, 'manifest.json'), JSON.stringify(manifest));
    fs.writeFileSync(
      path.join(directory, 'Stack.assets.json'),
      JSON.stringify({
        files: {
          abc: {
            source: { path: 'asset.abc', packaging: 'zip' },
            destinations: { here: { bucketName: 'assets', objectKey: 'abc.zip' } },
          },
        },
      }),
    );
    const app = new App(readAssembly(directory));
    expect(
      new Functions(app).find(String(app.scopes[0]!.attribute('BatchFunction', 'Arn')))!.directory,
    ).toBe(path.join(directory, 'asset.abc'));
    fs.rmdirSync(path.join(directory, 'asset.abc'));
    expect(() =>
      new Functions(app).find(String(app.scopes[0]!.attribute('BatchFunction', 'Arn'))),
    ).toThrow('asset abc.zip is not in the assembly');
  });

  test('of another runtime are refused when invoked, not before', () => {
    const template = archiverTemplate();
    template.Resources.BatchFunction.Properties.Runtime = 'python3.13';
    const app = new App(readAssembly(writeAssembly([{ name: 'Stack', template }])));
    const functions = new Functions(app);
    expect(() => functions.find(app.scopes[0]!.physicalName('BatchFunction'))).toThrow(
      'python3.13',
    );
  });
});
