import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers, CACHE, CREDENTIALS, Daemon, freePort, NotInstalled, run, type Server } from './server';

const MODULE = 'github.com/seaweedfs/seaweedfs';
const VERSION = 'v0.0.0-20261109003541-7506e5f91cd6';

/** The module's own replacement, which holds only where it is the main module: `go install` refuses it for that. */
const GO_MOD = `module conformance

go 1.26

require ${MODULE} ${VERSION}

replace github.com/tyler-smith/go-bip39 => github.com/cosmos/go-bip39 v1.0.0
`;

/** Keeps the program's package among the module's dependencies. */
const GO_FILE = `//go:build tools

package conformance

import _ "${MODULE}/weed"
`;

/** A bucket is a collection with volumes of its own: one each will do. */
const MASTER_TOML = '[master.volume_growth]\ncopy_1 = 1\ncopy_other = 1\n';

const IDENTITIES = JSON.stringify({
  identities: [{
    name: 'conformance',
    credentials: [{ accessKey: CREDENTIALS.accessKeyId, secretKey: CREDENTIALS.secretAccessKey }],
    actions: ['Admin', 'Read', 'List', 'Tagging', 'Write'],
  }],
});

export async function startSeaweedFs(): Promise<Server> {
  const weed = await build();
  const folder = await mkdtemp(join(tmpdir(), 'seaweedfs-'));
  await writeFile(join(folder, 'master.toml'), MASTER_TOML);
  await writeFile(join(folder, 's3.json'), IDENTITIES);
  const port = await freePort();
  const ports: string[] = [];
  for (const name of ['master.port', 'master.port.grpc', 'volume.port', 'volume.port.grpc', 'filer.port', 'filer.port.grpc', 's3.port.grpc']) {
    ports.push(`-${name}=${await freePort()}`);
  }
  const daemon = new Daemon('SeaweedFS', weed, [
    'server', '-ip=127.0.0.1', '-ip.bind=127.0.0.1', `-dir=${folder}`, '-master.volumeSizeLimitMB=64', '-volume.max=2000',
    '-s3', `-s3.port=${port}`, `-s3.config=${join(folder, 's3.json')}`, '-s3.port.iceberg=0', ...ports,
  ], { cwd: folder });
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
  return { version: VERSION, endpoint, credentials: CREDENTIALS, stop };
}

/** Takes some ten minutes the first time. */
async function build(): Promise<string> {
  const program = join(CACHE, `weed-${VERSION}`);
  if (!existsSync(program)) {
    await run('go', ['version']).catch(() => { throw new NotInstalled('SeaweedFS is built with Go 1.26 or newer, which is not there'); });
    await mkdir(CACHE, { recursive: true });
    const folder = await mkdtemp(join(tmpdir(), 'seaweedfs-build-'));
    try {
      await writeFile(join(folder, 'go.mod'), GO_MOD);
      await writeFile(join(folder, 'tools.go'), GO_FILE);
      await run('go', ['build', '-mod=mod', '-o', `${program}.new`, `${MODULE}/weed`], { cwd: folder });
      await rename(`${program}.new`, program);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return program;
}
