/**
 * Follows docs/start.md like a new user, with the packages in dist/. It runs every command in an
 * empty folder and measures the time.
 *
 * usage: tsx test/packaging/quickstart/run.ts [--write]
 *
 * --write measures with empty caches, and puts the figures into docs/results/start.md.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import * as path from 'node:path';
import { builtPackages, missingOfReadme } from './built';
import { readSteps, withBuiltPackages, withFigures } from './document';
import { type Timed, type } from './shell';

const DOCUMENT = path.resolve(__dirname, '../../../docs/start.md');
const FIGURES = path.resolve(__dirname, '../../../docs/results/start.md');
const LANGUAGES = ['TypeScript', 'Python'];

async function walk(
  language: string,
  folder: string,
  coldCaches: boolean,
): Promise<{ figures: readonly Timed[]; problem?: string }> {
  const steps = readSteps(readFileSync(DOCUMENT, 'utf8'), language);
  const files = new Map(
    steps.flatMap((step) => (step.kind === 'file' ? [[step.name, step.content] as const] : [])),
  );
  const typed = steps.flatMap((step) => (step.kind === 'command' ? [step.text] : []));
  const commands = typed.map((command) => withBuiltPackages(command, builtPackages()));
  const session = await type(
    path.join(folder, 'app'),
    files,
    commands,
    environment(folder, coldCaches),
  );

  const figures = session.done.map(({ seconds }, at) => ({ command: typed[at], seconds }));
  if (session.status !== 0) {
    return {
      figures,
      problem: `${typed[figures.length]} ended with ${session.status}:\n${session.output}`,
    };
  }
  const warning = session.output
    .split('\n')
    .find((line) => /\b(warn(ing)?|deprecated)\b/i.test(line));
  if (warning) {
    return { figures, problem: `a command warned: ${warning}` };
  }
  const missing = steps.find(
    (step) => step.kind === 'output' && !session.output.split('\n').includes(step.line),
  );
  return {
    figures,
    problem: missing && `nothing printed ${JSON.stringify(missing)}:\n${session.output}`,
  };
}

/** `npm install --global` also installs into the folder. */
function environment(folder: string, coldCaches: boolean): NodeJS.ProcessEnv {
  const globals = path.join(folder, 'npm');
  // npm sets variables for its scripts' processes. A user's shell does not have them.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD)/.test(name));
  return {
    ...Object.fromEntries(inherited),
    PATH: `${path.join(globals, 'bin')}:${process.env.PATH}`,
    npm_config_prefix: globals,
    ...(coldCaches
      ? { npm_config_cache: path.join(folder, 'npm-cache'), PIP_NO_CACHE_DIR: '1' }
      : {}),
  };
}

function table(figures: readonly Timed[]): string {
  const total = figures.reduce((sum, { seconds }) => sum + seconds, 0);
  const rows = figures.map(({ command, seconds }) => `| \`${command}\` | ${seconds.toFixed(1)} |`);
  return [
    '| Command | Seconds |',
    '|---|---:|',
    ...rows,
    `| **all** | **${Math.round(total)}** |`,
  ].join('\n');
}

async function main(write: boolean): Promise<void> {
  const missing = missingOfReadme();
  if (missing.length > 0) {
    throw new Error(`the README names files that no build writes: ${missing.join(', ')}`);
  }
  let failed = 0;
  for (const language of LANGUAGES) {
    const folder = mkdtempSync(path.join(tmpdir(), 'start-'));
    const { figures, problem } = await walk(language, folder, write);
    rmSync(folder, { recursive: true });
    console.log(`${language}\n${table(figures)}\n`);
    if (problem) {
      failed += 1;
      console.log(`FAILED ${language}: ${problem}`);
    } else if (write) {
      // The other load of the machine matters more than the machine itself.
      const machine = `${cpus().length} CPUs at a load of ${Math.round(loadavg()[1])}`;
      const note =
        `Measured on ${machine}, with Node.js ${process.version} and empty caches of npm and ` +
        'pip:';
      writeFileSync(
        FIGURES,
        withFigures(readFileSync(FIGURES, 'utf8'), language, `${note}\n\n${table(figures)}\n`),
      );
    }
  }
  console.log(`${LANGUAGES.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

void main(process.argv.includes('--write'));
