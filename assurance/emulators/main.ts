/**
 * Asks an emulator of AWS what it does with a Distributed Map, one feature at a time, and keeps the
 * answers for docs/results/emulators.md.
 *
 * Usage: main.ts NAME VERSION ENDPOINT, of an emulator that has just been started and is empty.
 * Nothing of the archiver is used but the shape of its map, so that each answer is about one
 * feature. moto runs state machines only after this:
 *
 *   curl -XPOST ENDPOINT/moto-api/config -d '{"stepfunctions":{"execute_state_machine":true}}'
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PROBES, type Probe, type World } from './probes';
import { type Answers, readResults, RESULTS } from './results';

const ROLE = 'arn:aws:iam::123456789012:role/anything';
const BUCKETS = ['source', 'results'] as const;
/** Longer than any emulator takes that answers at all. */
const PATIENCE_MS = 60_000;

/** It also fails for an item that came without its batch. */
const HANDLER = `exports.handler = async ({ Items, Key }) => {
  if ([...(Items ?? []), { Key }].some((item) => String(item.Key).includes('fails'))) {
    throw new Error('on purpose');
  }
  return { items: Items ? Items.length : 'no Items' };
};`;

interface Settings {
  readonly endpoint: string;
}

async function main([name, version, endpoint]: string[]): Promise<void> {
  const settings = {
    endpoint: endpoint!,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 2,
  };
  await createRole(settings.endpoint);
  const world = await prepare(settings);
  const answers: Answers = {};
  for (const probe of PROBES) {
    answers[probe.name] = await ask(probe, world);
    console.log(`${name}: ${probe.name}: ${answers[probe.name]}`);
  }
  const results = { ...readResults(), [name!]: { version: version!, answers } };
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
}

/** A request without a client. No emulator checks the signature; some read the service in it. */
async function post(endpoint: string, service: string, body: string | URLSearchParams) {
  const address = endpoint + (service === 'lambda' ? '/2015-03-31/functions' : '/');
  const response = await fetch(address, {
    method: 'POST',
    headers: {
      Authorization:
        `AWS4-HMAC-SHA256 Credential=test/20261201/us-east-1/${service}/aws4_request, ` +
        'SignedHeaders=host, Signature=0',
    },
    body,
  });
  return { ok: response.ok, text: await response.text() };
}

/** Some emulators want a function's role to exist. */
async function createRole(endpoint: string): Promise<void> {
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: ['lambda.amazonaws.com', 'states.amazonaws.com'] },
      },
    ],
  };
  await post(
    endpoint,
    'iam',
    new URLSearchParams({
      Action: 'CreateRole',
      Version: '2010-05-08',
      RoleName: 'anything',
      AssumeRolePolicyDocument: JSON.stringify(trust),
    }),
  );
}

async function prepare(settings: Settings): Promise<World> {
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const sfn = new SFNClient(settings);
  for (const Bucket of BUCKETS) {
    await s3.send(new CreateBucketCommand({ Bucket }));
  }
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket: 'source', Key, Body: Key }));
  for (const key of ['a', 'b', 'c', 'd', 'e']) {
    await put(`five/${key}`);
  }
  await put('bad/fails');
  for (let i = 0; i < 1_001; i++) {
    await put(`many/${i}`);
  }
  let created = 0;
  return {
    functionError: await createFunction(settings.endpoint),
    run: async (definition) => {
      const { stateMachineArn } = await sfn.send(
        new CreateStateMachineCommand({
          name: `probe-${process.pid}-${created++}`,
          definition: JSON.stringify(definition),
          roleArn: ROLE,
        }),
      );
      const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
      for (const began = Date.now(); ;) {
        const { status, output, error, cause } = await sfn.send(
          new DescribeExecutionCommand({ executionArn }),
        );
        if (status !== 'RUNNING' || Date.now() - began > PATIENCE_MS) {
          return { status: String(status), output: parse(output), error, cause };
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    resultFiles: async (Prefix) => {
      const { Contents = [] } = await s3.send(
        new ListObjectsV2Command({ Bucket: 'results', Prefix }),
      );
      return Contents.map(({ Key }) => Key!);
    },
  };
}

/** Some emulators give an output that is no JSON. */
function parse(output?: string): unknown {
  try {
    return output === undefined ? undefined : JSON.parse(output);
  } catch {
    return output;
  }
}

/** Returns why the emulator refused. */
async function createFunction(endpoint: string): Promise<string | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'emulator-'));
  try {
    writeFileSync(path.join(folder, 'index.js'), HANDLER);
    execFileSync('python3', ['-m', 'zipfile', '-c', 'code.zip', 'index.js'], { cwd: folder });
    const { ok, text } = await post(
      endpoint,
      'lambda',
      JSON.stringify({
        FunctionName: 'batch',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: ROLE,
        Code: { ZipFile: readFileSync(path.join(folder, 'code.zip')).toString('base64') },
      }),
    );
    return ok ? undefined : text.slice(0, 200);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An answer that the SDK cannot read is told as its status. */
function toText(error: unknown): string {
  const { name, message, $response } = error as Error & { $response?: { statusCode?: number } };
  return $response?.statusCode
    ? `HTTP ${$response.statusCode} without an error that the SDK can read`
    : `${name}: ${message}`.replace(/\s+/g, ' ').slice(0, 200);
}

async function ask({ ask: question }: Probe, world: World): Promise<string> {
  try {
    return await question(world);
  } catch (error) {
    return `refused: ${toText(error)}`;
  }
}

void main(process.argv.slice(2));
