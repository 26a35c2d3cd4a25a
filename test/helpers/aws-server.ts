/**
 * A program named `aws` whose requests this process sends. So a test can count them, and kill the
 * program that runs `aws` before or after one. Like the AWS CLI, it takes requests as
 * `--cli-input-json`, except the one that writes a file.
 */
import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import * as sdk from '@aws-sdk/client-s3';
import type { Typed } from './aws-cli-stub';

/** What becomes of the program that runs `aws`. */
export type Fate = 'killed before' | 'killed after' | undefined;
export interface AwsCall {
  readonly operation: string;
  readonly input: Record<string, unknown>;
}
interface Asked {
  readonly args: string[];
  readonly parent: number;
}
interface Answered {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const python = (() => {
  let found: string | undefined;
  return () =>
    (found ??= execFileSync('python3', ['-ISc', 'import sys; print(sys.executable)'], {
      encoding: 'utf8',
    }).trim());
})();

const PROGRAM = `import json, os, socket, sys
it = socket.create_connection(("127.0.0.1", int(os.environ["STUB_PORT"])))
it.sendall(json.dumps({"args": sys.argv[1:], "parent": os.getppid()}).encode() + b"\\n")
answer = json.loads(it.makefile().read())
sys.stdout.write(answer["stdout"])
sys.stderr.write(answer["stderr"])
sys.exit(answer["code"])
`;

/** Options of the AWS CLI that stand before the path of a file or alone. */
const KNOWN = /^--(cli-input-json|output|output=json|no-paginate|body|recursive|only-show-errors)$/;

export class AwsServer {
  static async start(s3: sdk.S3Client): Promise<AwsServer> {
    const it = new AwsServer(s3);
    await new Promise<void>((resolve) => it.server.listen(0, '127.0.0.1', resolve));
    return it;
  }

  readonly calls: AwsCall[] = [];
  /** Decides about each request. */
  onCall?: (call: AwsCall, index: number) => Fate;
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'aws-server-'));
  private readonly server: Server;

  private constructor(private readonly s3: sdk.S3Client) {
    this.server = createServer((socket) => {
      let text = '';
      socket.on('error', () => undefined);
      socket.on('data', (some) => {
        text += some.toString();
        if (text.endsWith('\n')) {
          void this.answer(socket, JSON.parse(text) as Asked);
        }
      });
    });
    fs.writeFileSync(path.join(this.folder, 'aws'), `#!${python()} -IS\n${PROGRAM}`, {
      mode: 0o755,
    });
  }

  close(): void {
    this.server.close();
    fs.rmSync(this.folder, { recursive: true });
  }

  /** Runs a Python program with this `aws`. */
  run(program: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const { port } = this.server.address() as AddressInfo;
    const env = {
      ...process.env,
      PATH: `${this.folder}:${process.env.PATH}`,
      STUB_PORT: String(port),
      ...environment,
    };
    return new Promise<Typed>((resolve) => {
      execFile(python(), ['-IS', program, ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
      );
    });
  }

  private async answer(socket: Socket, { args, parent }: Asked): Promise<void> {
    const call = toCall(args);
    const fate = this.onCall?.(call, this.calls.length);
    this.calls.push(call);
    const answered = fate === 'killed before' ? undefined : await this.send(call, args);
    if (fate !== undefined) {
      process.kill(parent, 'SIGKILL');
    }
    socket.end(JSON.stringify(answered ?? { code: 1, stdout: '', stderr: '' }));
  }

  private async send({ operation, input }: AwsCall, args: readonly string[]): Promise<Answered> {
    try {
      if (operation === 'cp') {
        await this.copyFolder(args);
        return { code: 0, stdout: '', stderr: '' };
      }
      const Command = sdk[`${operation}Command` as 'GetObjectCommand'];
      const Body = operation === 'PutObject' ? fs.readFileSync(args.at(-1)!) : undefined;
      const answer = await this.s3.send(new Command({ ...input, ...(Body && { Body }) } as never));
      const { $metadata: _, Body: body, ...rest } = answer;
      if (body) {
        fs.writeFileSync(args.at(-1)!, await body.transformToByteArray());
      }
      return { code: 0, stdout: JSON.stringify(rest), stderr: '' };
    } catch (error) {
      const { name, message } = error as Error;
      const code = name === 'NotFound' ? '404' : name;
      const stderr = `An error occurred (${code}) when calling the ${operation} operation: ${message}`;
      return { code: 254, stdout: '', stderr };
    }
  }

  private async copyFolder(args: readonly string[]): Promise<void> {
    const [from, to] = args.slice(-2);
    const [, Bucket, Prefix] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(from)!;
    const { Contents = [] } = await this.s3.send(new sdk.ListObjectsV2Command({ Bucket, Prefix }));
    for (const { Key } of Contents) {
      const file = path.join(to, Key!.slice(Prefix.length));
      const { Body } = await this.s3.send(new sdk.GetObjectCommand({ Bucket, Key }));
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, await Body!.transformToByteArray());
    }
  }
}

function toCall(args: readonly string[]): AwsCall {
  const [service, action] = args;
  const operation = action.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (operation === 'GetObject') {
    return { operation, input: readPlace(args) };
  }
  const unknown = args.filter((each) => each.startsWith('--') && !KNOWN.test(each));
  if (unknown.length > 0) {
    throw new Error(`unknown options: ${unknown.join(', ')}`);
  }
  if (service === 's3') {
    return { operation: action, input: { from: args.at(-2) } };
  }
  const file = args[args.indexOf('--cli-input-json') + 1].replace(/^file:\/\//, '');
  return { operation, input: JSON.parse(fs.readFileSync(file, 'ascii')) as AwsCall['input'] };
}

/** Commands that write a file take no JSON. */
function readPlace(args: readonly string[]): AwsCall['input'] {
  const [Bucket, Key, VersionId] = ['bucket', 'key', 'version-id'].map((name) =>
    args.find((each) => each.startsWith(`--${name}=`))?.slice(name.length + 3),
  );
  return { Bucket, Key, VersionId };
}
