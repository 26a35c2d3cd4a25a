import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, CREDENTIALS, Daemon, freePort, NotInstalled, run, type Server } from './server';

/** Ceph knows only STANDARD unless it is configured. These names have no special meaning to it. */
const STORAGE_CLASSES = [
  'STANDARD_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'GLACIER',
  'DEEP_ARCHIVE',
];

/**
 * Starts a cluster with one monitor, one storage daemon that keeps its objects in memory, and a
 * gateway.
 */
export async function startCeph(): Promise<Server> {
  const version = await run('radosgw', ['--version']).catch(() => {
    throw new NotInstalled(
      'Ceph is not there: install the packages ceph-mon, ceph-osd and radosgw of Debian',
    );
  });
  const folder = await mkdtemp(join(tmpdir(), 'ceph-'));
  const cluster = new Cluster(folder, await freePort(), await freePort());
  try {
    await cluster.start();
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return {
    version: /version (\S+)/.exec(version)?.[1] ?? version,
    endpoint: cluster.endpoint,
    credentials: CREDENTIALS,
    stop: () => cluster.stop(),
  };
}

class Cluster {
  readonly endpoint: string;
  private readonly id = randomUUID();
  private readonly daemons: Daemon[] = [];
  private readonly conf: string;
  private readonly keyring: string;

  constructor(
    private readonly folder: string,
    private readonly monitorPort: number,
    gatewayPort: number,
  ) {
    this.endpoint = `http://127.0.0.1:${gatewayPort}`;
    this.conf = join(folder, 'ceph.conf');
    this.keyring = join(folder, 'keyring');
  }

  async start(): Promise<void> {
    for (const name of ['mon', 'osd', 'run', 'rgw']) {
      await mkdir(join(this.folder, name));
    }
    await writeFile(this.conf, this.configuration());
    await this.startMonitor();
    await this.startStorage();
    await this.startGateway();
  }

  async stop(): Promise<void> {
    for (const daemon of this.daemons.reverse()) {
      await daemon.stop();
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The gateway needs keys to talk to the other daemons: `auth none` does not work. */
  private configuration(): string {
    return `[global]
fsid = ${this.id}
mon host = [v2:127.0.0.1:${this.monitorPort}]
mon initial members = a
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
keyring = ${this.keyring}
run dir = ${this.folder}/run
admin socket = ${this.folder}/run/$name.asok
log file = ${this.folder}/$name.log
mon data = ${this.folder}/mon
osd data = ${this.folder}/osd
osd objectstore = memstore
memstore device bytes = 2147483648
osd max object name len = 2048
rgw data = ${this.folder}/rgw
rgw frontends = beast endpoint=${this.endpoint.slice('http://'.length)}
rgw crypt require ssl = false
`;
  }

  private async startMonitor(): Promise<void> {
    const all = (...services: string[]) =>
      services.flatMap((service) => ['--cap', service, 'allow *']);
    await run('ceph-authtool', [
      '--create-keyring',
      this.keyring,
      '--gen-key',
      '-n',
      'mon.',
      ...all('mon'),
    ]);
    for (const [name, caps] of [
      ['client.admin', all('mon', 'osd', 'mgr')],
      ['osd.0', all('mon', 'osd', 'mgr')],
      ['client.rgw', all('mon', 'osd', 'mgr')],
    ] as const) {
      await run('ceph-authtool', [this.keyring, '--gen-key', '-n', name, ...caps]);
    }
    const map = join(this.folder, 'monmap');
    await run('monmaptool', [
      '--create',
      '--fsid',
      this.id,
      '--addv',
      'a',
      `[v2:127.0.0.1:${this.monitorPort}]`,
      map,
    ]);
    await run('ceph-mon', [
      '--mkfs',
      '-i',
      'a',
      '--monmap',
      map,
      '--keyring',
      this.keyring,
      '-c',
      this.conf,
    ]);
    const monitor = this.daemon('ceph-mon', ['-i', 'a']);
    await monitor.until('quorum', async () => (await this.ceph('-s')).includes('quorum'));
  }

  private async startStorage(): Promise<void> {
    const id = randomUUID();
    await this.ceph('osd', 'new', id);
    await run('ceph-osd', ['-i', '0', '--mkfs', '--osd-uuid', id, '-c', this.conf]);
    const storage = this.daemon('ceph-osd', ['-i', '0']);
    await storage.until('up', async () => (await this.ceph('osd', 'stat')).includes('1 up'));
  }

  private async startGateway(): Promise<void> {
    await this.admin(
      'user',
      'create',
      '--uid',
      'conformance',
      '--display-name',
      'conformance',
      '--access-key',
      CREDENTIALS.accessKeyId,
      '--secret-key',
      CREDENTIALS.secretAccessKey,
    );
    for (const storageClass of STORAGE_CLASSES) {
      const placement = [
        'placement',
        'add',
        '--placement-id',
        'default-placement',
        '--storage-class',
        storageClass,
      ];
      await this.admin('zonegroup', ...placement, '--rgw-zonegroup', 'default');
      await this.admin(
        'zone',
        ...placement,
        '--rgw-zone',
        'default',
        '--data-pool',
        'default.rgw.buckets.data',
      );
    }
    const gateway = this.daemon('radosgw', ['-n', 'client.rgw']);
    await gateway.until('answers', () => answers(this.endpoint), 120);
  }

  private daemon(command: string, args: string[]): Daemon {
    const daemon = new Daemon(command, command, ['-f', ...args, '-c', this.conf]);
    this.daemons.push(daemon);
    return daemon;
  }

  private ceph(...args: string[]): Promise<string> {
    return run('ceph', ['-c', this.conf, '--connect-timeout', '10', ...args]);
  }

  private admin(...args: string[]): Promise<string> {
    return run('radosgw-admin', ['-c', this.conf, ...args]);
  }
}
