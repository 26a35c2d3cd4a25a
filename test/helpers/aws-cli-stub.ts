/**
 * A program named `aws` that understands the few S3 commands which messages and their scripts use,
 * and sends them to an endpoint.
 */
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const PROGRAM = `#!${process.execPath}
const { S3Client, GetObjectCommand, ListObjectsV2Command, DeleteObjectsCommand } = require(${JSON.stringify(require.resolve('@aws-sdk/client-s3'))});
const fs = require('node:fs');
const [service, action, ...rest] = process.argv.slice(2);
const options = Object.fromEntries(rest.filter((each) => each.startsWith('--')).map((each) => {
  const [, name, value = ''] = /^--([\\w-]+)=?(.*)$/s.exec(each);
  return [name, value];
}));
const client = new S3Client({ endpoint: process.env.STUB_ENDPOINT, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId: 'person', secretAccessKey: 'x' } });
const refuse = (known) => {
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length > 0) { throw new Error('unknown options: ' + unknown.join(', ')); }
};
(async () => {
  if (service === 's3' && action === 'cp' && rest[1] === '-') {
    const [, Bucket, Key] = /^s3:\\/\\/([^/]+)\\/(.*)$/s.exec(rest[0]);
    process.stdout.write(await (await client.send(new GetObjectCommand({ Bucket, Key }))).Body.transformToString());
  } else if (service === 's3api' && action === 'list-objects-v2') {
    refuse(['cli-input-json', 'no-paginate', 'output']);
    const { STUB_PAGE = '1000', STUB_EMPTY } = process.env;
    const { ContinuationToken: token, ...input } = JSON.parse(rest[rest.indexOf('--cli-input-json') + 1]);
    if (STUB_EMPTY && token === undefined) { return void process.stdout.write(JSON.stringify({ IsTruncated: true, NextContinuationToken: '-empty' })); }
    const { $metadata, ...page } = await client.send(new ListObjectsV2Command({ ...input, ContinuationToken: token === '-empty' ? undefined : token, MaxKeys: Number(STUB_PAGE) }));
    process.stdout.write(JSON.stringify(page));
  } else if (service === 's3api' && action === 'delete-objects') {
    refuse(['bucket', 'delete', 'output']);
    const Delete = JSON.parse(fs.readFileSync(options.delete.replace(/^file:\\/\\//, ''), 'utf8'));
    const { $metadata, ...answer } = await client.send(new DeleteObjectsCommand({ Bucket: options.bucket, Delete }));
    process.stdout.write(Object.keys(answer).length > 0 ? JSON.stringify(answer) : '');
  } else {
    throw new Error('unknown command: ' + process.argv.slice(2).join(' '));
  }
})().catch((error) => { process.stderr.write(String(error.stack)); process.exit(254); });
`;

export interface Typed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Types a line into a shell that has this program. The endpoint may be in this process. */
export async function typeIntoShell(
  line: string,
  endpoint: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<Typed> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'aws-cli-'));
  try {
    fs.writeFileSync(path.join(folder, 'aws'), PROGRAM, { mode: 0o755 });
    // A Python that brings its own PATH, as pyenv does, may find the AWS CLI itself.
    const real = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'person',
      AWS_SECRET_ACCESS_KEY: 'x',
    };
    const env = {
      ...process.env,
      PATH: `${folder}:${process.env.PATH}`,
      STUB_ENDPOINT: endpoint,
      ...real,
      ...environment,
    };
    return await new Promise((resolve) => {
      execFile('bash', ['-c', line], { env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}
