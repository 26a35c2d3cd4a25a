/** The contenders, each with the fastest known settings. One run of a command is the whole move. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ARCHIVE, BUCKET, DAY, DESTINATION, REPORT_BUCKET, type Shape, SOURCE } from './dataset';
import type { AllowedRate } from './metered-throttle';
import type { Command } from './run-command';
import type { GrowthRunOptions } from './scale/growth-run';
import type { WholeRunOptions } from './whole-run';
import { heapFlags } from '../packages/sandbox/src/internal';
import { batchesAtOnce } from '../src/contract/batches';

export interface Contender {
  readonly name: string;
  /** Name of a third-party program. Contenders without one are part of this repository. */
  readonly program?: string;
  readonly kind: 'ours' | 'floor' | 'peer';
  /** It packs small objects, and is compared with others that do. */
  readonly packs?: true;
  /** It runs its own server and prints its measurements. */
  readonly ownServer?: true;
  /**
   * Concurrent requests: the values for `--sweep`, and the fastest of them without and with
   * latency. Undefined if it cannot be set.
   */
  readonly concurrency?: {
    readonly swept: readonly number[];
    readonly near: number;
    readonly far: number;
  };
  /**
   * Factor by which slow contenders move fewer objects, without and with latency. Their rate is the
   * same, and the benchmark ends sooner.
   */
  readonly fewer?: { readonly near: number; readonly far: number };
  /** The statuses with which it ends after a whole move. Default: 0. */
  readonly statuses?: readonly number[];
  /** A command that has to run before, and is not measured. */
  prepare?(target: Target): Command;
  command(target: Target & Prepared): Command;
}

interface Prepared {
  /** What `prepare` printed. */
  readonly prepared?: string;
}

export interface Target {
  readonly endpoint: string;
  readonly shape: Shape;
  readonly latencyMs: number;
  readonly allowed?: AllowedRate;
  readonly concurrency: number;
  /** The limit for contenders that can be held to a rate. */
  readonly objectsPerSecond: number;
  readonly isSelective?: boolean;
  /** Of the handler, where there are several. Default: 2. */
  readonly instances?: number;
  /** Path of the bundled workers of this repository. */
  readonly workers: string;
  /** Path of the contender's program. */
  readonly program: string;
}

const ASSETS = path.resolve(__dirname, '../assets/lambda');
const SWEPT = [16, 32, 64, 128, 256];
export const UNLIMITED = 1_000_000;
/** Of the server. */
const ACCOUNT = '123456789012';

function credentials(endpoint: string): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'benchbench',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    HOME: home(),
  };
}

/** A home directory without the user's profiles. */
function home(): string {
  const folder = path.join(os.tmpdir(), 'bench-home');
  fs.mkdirSync(folder, { recursive: true });
  return folder;
}

function worker(name: string) {
  return (target: Target): Command => ({
    program: process.execPath,
    // The heap of a function with one vCPU.
    args: [
      ...heapFlags(1_769),
      target.workers,
      name,
      target.endpoint,
      String(target.concurrency),
      String(target.objectsPerSecond),
      ASSETS,
      JSON.stringify({
        isSelective: target.isSelective,
        destinationBucket: target.shape.destinationBucket,
      }),
    ],
    environment: credentials(target.endpoint),
  });
}

/** The command of this package, which archives what a dry run has counted. */
function archive({ endpoint, objectsPerSecond }: Target, ...flags: readonly string[]): Command {
  return {
    program: process.execPath,
    args: [
      ...['--import', 'tsx', path.resolve(__dirname, '../packages/command/src/cli.ts')],
      ...['archive', `s3://${BUCKET}/${SOURCE}`, `s3://${BUCKET}/${ARCHIVE}`],
      ...['--reports', `s3://${REPORT_BUCKET}/runs/`, '--date', DAY],
      ...['--endpoint', endpoint, '--path-style', '--expected-owner', ACCOUNT],
      ...['--max-objects-per-second', String(objectsPerSecond), '--json', ...flags],
    ],
    environment: credentials(endpoint),
  };
}

export const HANDLER = 'this package: its handler';
export const SELECTIVE = 'this package: its handler, where a function lists';
export const TWO_HANDLERS = 'this package: two instances of its handler';
export const COMMAND = 'this package: its command';
export const FLOOR = 'floor: signed HTTP';
export const SDK_FLOOR = 'floor: SDK v3';

export const CONTENDERS: readonly Contender[] = [
  { name: HANDLER, kind: 'ours', command: worker('ours') },
  {
    name: SELECTIVE,
    kind: 'ours',
    command: (target) => worker('ours')({ ...target, isSelective: true }),
  },
  {
    name: 'this package: its handler, with packing',
    kind: 'ours',
    packs: true,
    command: worker('packs'),
  },
  {
    name: 'this package: two instances of its handler, with packing',
    kind: 'ours',
    packs: true,
    command: (target) => worker('packs-side-by-side')({ ...target, concurrency: 2 }),
  },
  // A run with default props has two.
  {
    name: TWO_HANDLERS,
    kind: 'ours',
    command: (target) =>
      worker('ours-side-by-side')({ ...target, concurrency: target.instances ?? 2 }),
  },
  {
    name: 'this package: a whole run',
    kind: 'ours',
    ownServer: true,
    command: ({ shape, latencyMs, allowed, objectsPerSecond }) => {
      const options: WholeRunOptions = {
        shape,
        latencyMs,
        allowed,
        maxObjectsPerSecond: objectsPerSecond,
      };
      return {
        program: process.execPath,
        args: [
          require.resolve('tsx/cli'),
          path.join(__dirname, 'whole-run.ts'),
          JSON.stringify(options),
        ],
      };
    },
  },
  {
    name: 'this package: a whole run, with an endpoint',
    kind: 'ours',
    command: ({ endpoint, objectsPerSecond }) => {
      const options: GrowthRunOptions = {
        endpoint,
        concurrency: batchesAtOnce(1_500),
        objectsPerSecond,
      };
      return {
        program: process.execPath,
        args: [
          require.resolve('tsx/cli'),
          path.join(__dirname, 'scale/growth-run.ts'),
          JSON.stringify(options),
        ],
      };
    },
  },
  {
    name: COMMAND,
    kind: 'ours',
    // The object whose destination is taken is a conflict.
    statuses: [0, 1],
    prepare: (target) => archive(target, '--dry-run'),
    command: (target) => {
      const { id } = JSON.parse(target.prepared!) as { readonly id: string };
      return archive(target, '--confirm', id);
    },
  },
  {
    name: FLOOR,
    kind: 'floor',
    concurrency: { swept: SWEPT, near: 64, far: 256 },
    command: worker('raw-floor'),
  },
  {
    name: SDK_FLOOR,
    kind: 'floor',
    concurrency: { swept: SWEPT, near: 64, far: 128 },
    command: worker('sdk-floor'),
  },
  {
    name: 'rclone move',
    kind: 'peer',
    program: 'rclone',
    concurrency: { swept: SWEPT, near: 32, far: 128 },
    command: ({ endpoint, concurrency, program }) => ({
      program,
      args: [
        '--config',
        '/dev/null',
        'move',
        `:s3:${BUCKET}/${SOURCE}`,
        `:s3:${BUCKET}/${DESTINATION}`,
        '--filter',
        `+ **${DAY}**`,
        '--filter',
        '- *',
        '--transfers',
        String(concurrency),
        '--checkers',
        String(concurrency),
        '--no-traverse',
        '--size-only',
        '--use-server-modtime',
        '--no-update-modtime',
        '--s3-no-head',
        '--retries',
        '1',
        '--s3-provider',
        'Other',
        '--s3-access-key-id',
        'bench',
        '--s3-secret-access-key',
        'benchbench',
        '--s3-endpoint',
        endpoint,
        '--s3-region',
        'us-east-1',
        '--s3-force-path-style=true',
        '--s3-no-check-bucket',
      ],
      environment: { HOME: home() },
    }),
  },
  {
    name: 'mc mv',
    kind: 'peer',
    program: 'mc',
    fewer: { near: 1, far: 10 },
    command: ({ endpoint, program }) => ({
      program,
      args: [
        '--quiet',
        'mv',
        '--recursive',
        `loc/${BUCKET}/${SOURCE}${DAY}`,
        `loc/${BUCKET}/${DESTINATION}`,
      ],
      environment: {
        HOME: home(),
        MC_HOST_loc: endpoint.replace('://', '://benchbench:benchbench@'),
        MC_CONFIG_DIR: path.join(home(), 'mc'),
      },
    }),
  },
  {
    name: 's5cmd mv',
    kind: 'peer',
    program: 's5cmd',
    concurrency: { swept: SWEPT, near: 64, far: 256 },
    command: ({ endpoint, concurrency, program }) => ({
      program,
      args: [
        '--endpoint-url',
        endpoint,
        '--numworkers',
        String(concurrency),
        '--log',
        'error',
        'mv',
        '--metadata-directive',
        'COPY',
        `s3://${BUCKET}/${SOURCE}*${DAY}*`,
        `s3://${BUCKET}/${DESTINATION}`,
      ],
      environment: credentials(endpoint),
    }),
  },
  {
    name: 'aws s3 mv',
    kind: 'peer',
    program: 'aws',
    fewer: { near: 10, far: 10 },
    concurrency: { swept: SWEPT, near: 32, far: 64 },
    command: ({ endpoint, concurrency, program }) => ({
      program,
      args: [
        '--endpoint-url',
        endpoint,
        's3',
        'mv',
        `s3://${BUCKET}/${SOURCE}`,
        `s3://${BUCKET}/${DESTINATION}`,
        '--recursive',
        '--exclude',
        '*',
        '--include',
        `*${DAY}*`,
        '--only-show-errors',
      ],
      environment: { ...credentials(endpoint), AWS_CONFIG_FILE: awsConfig(concurrency) },
    }),
  },
  // It neither deletes nor checks.
  {
    name: 's3tar --concat-in-memory',
    kind: 'peer',
    program: 's3tar',
    packs: true,
    command: ({ endpoint, program }) => ({
      program,
      args: [
        '--region',
        'us-east-1',
        '--endpointUrl',
        endpoint,
        '--concat-in-memory',
        '--create',
        '-f',
        `s3://${BUCKET}/${DESTINATION}all.tar`,
        `s3://${BUCKET}/${SOURCE}`,
      ],
      environment: credentials(endpoint),
    }),
  },
  {
    name: "the predecessor's algorithm",
    kind: 'peer',
    fewer: { near: 10, far: 10 },
    command: worker('predecessor'),
  },
];

/** The configuration file is the only way to set its concurrency. */
function awsConfig(concurrency: number): string {
  const file = path.join(home(), `aws-${concurrency}`);
  fs.writeFileSync(
    file,
    `[default]\ns3 =\n  max_concurrent_requests = ${concurrency}\n  max_queue_size = 10000\n`,
  );
  return file;
}

/** Finds a program in the folder of install-peers.sh, or else on the PATH. */
export function findProgram(program: string, peers: string): string | undefined {
  const folders = [
    path.join(peers, 'bin'),
    path.join(peers, 'venv', 'bin'),
    ...(process.env.PATH ?? '').split(':'),
  ];
  return folders.map((folder) => path.join(folder, program)).find((file) => fs.existsSync(file));
}
