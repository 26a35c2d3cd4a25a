import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answers, CACHE, CREDENTIALS, Daemon, freePort, run, type Server } from './server';

/** The versions are pinned, so that the table is about known versions. */
const REQUIREMENTS = join(__dirname, '../../../../../assurance/s3-compat/requirements.txt');

export async function startMoto(): Promise<Server> {
  const port = await freePort();
  return start('moto', port, 'moto_server', ['-H', '127.0.0.1', '-p', String(port)]);
}

export async function startMinistack(): Promise<Server> {
  const port = await freePort();
  // Without BIND_HOST the server would listen on every interface.
  return start('ministack', port, 'ministack', [], {
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
  });
}

async function start(
  name: string,
  port: number,
  program: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Server> {
  const bin = await install();
  const version = await versionOf(name);
  const daemon = new Daemon(name, join(bin, program), args, {
    env: { ...process.env, ...environment },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await daemon.until('answers', () => answers(endpoint));
  } catch (error) {
    await daemon.stop();
    throw error;
  }
  return { version, endpoint, credentials: CREDENTIALS, stop: () => daemon.stop() };
}

export async function versionOf(name: string): Promise<string> {
  return run(join(await install(), 'python'), [
    '-c',
    `from importlib.metadata import version; print(version('${name}'))`,
  ]);
}

/**
 * Installs the required versions into a virtual environment, and returns the folder of its
 * programs.
 */
export async function install(): Promise<string> {
  const venv = join(CACHE, 'python');
  const installed = join(venv, 'requirements.txt');
  if (
    !existsSync(installed) ||
    (await readFile(installed, 'utf8')) !== (await readFile(REQUIREMENTS, 'utf8'))
  ) {
    await mkdir(CACHE, { recursive: true });
    await run('python3', ['-m', 'venv', '--clear', venv]);
    await run(join(venv, 'bin', 'python'), [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--requirement',
      REQUIREMENTS,
    ]);
    await copyFile(REQUIREMENTS, installed);
  }
  return join(venv, 'bin');
}
