/**
 * Copies the first example of the README into an empty app. The TypeScript example comes from the
 * README that npm shows. The Python example comes from the description of the wheel, which PyPI and
 * Construct Hub show. Both must synthesize the same template.
 *
 * usage: node js/readme.js, with the wheel in venv/
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '..');
const APP = path.join(ROOT, 'readme-app');
const PYTHON = path.join(ROOT, 'venv', 'bin', 'python');
// The parts of the `cdk init` configuration that matter to code that is pasted into a new app.
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    noImplicitAny: true,
    noUnusedLocals: false,
    skipLibCheck: true,
  },
};
const DESCRIPTION =
  'import importlib.metadata as m; print(m.metadata("cdk-s3-dated-archiver").get_payload())';

/** Returns the first code block of that language. */
function firstExample(markdown: string, language: string): string {
  const [, code] =
    new RegExp(`^\`\`\`${language}\\b[^\\n]*\\n([^]*?)^\`\`\`$`, 'm').exec(markdown) ?? [];
  if (!code) {
    throw new Error(`no example in ${language}`);
  }
  return code;
}

function run(command: string, args: string[], outdir?: string): string {
  const env = { ...process.env, CDK_OUTDIR: outdir };
  return execFileSync(command, args, {
    cwd: APP,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function template(outdir: string): Record<string, { Type: string }> {
  return (
    JSON.parse(fs.readFileSync(path.join(outdir, 'Archive.template.json'), 'utf8')) as {
      Resources: Record<string, { Type: string }>;
    }
  ).Resources;
}

function demandArchiver(resources: Record<string, { Type: string }>): void {
  const types = Object.values(resources).map(({ Type }) => Type);
  for (const type of [
    'AWS::StepFunctions::StateMachine',
    'AWS::Scheduler::Schedule',
    'AWS::SNS::Subscription',
  ]) {
    if (!types.includes(type)) {
      throw new Error(`the template has no ${type}`);
    }
  }
}

const [inTypeScript, inPython] = ['cdk.out', 'cdk.out.python'].map((name) => path.join(APP, name));
const CHECKS: [what: string, check: () => void][] = [
  [
    'TypeScript: compiles',
    () => {
      fs.writeFileSync(path.join(APP, 'tsconfig.json'), JSON.stringify(TSCONFIG));
      fs.writeFileSync(
        path.join(APP, 'app.ts'),
        firstExample(
          fs.readFileSync(path.join(ROOT, 'node_modules/cdk-s3-dated-archiver/README.md'), 'utf8'),
          'ts',
        ),
      );
      run(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', APP]);
    },
  ],
  [
    'TypeScript: synthesizes',
    () => {
      run(process.execPath, ['app.js'], inTypeScript);
      demandArchiver(template(inTypeScript));
    },
  ],
  [
    'Python: synthesizes',
    () => {
      const file = path.join(APP, 'app.py');
      fs.writeFileSync(file, firstExample(run(PYTHON, ['-c', DESCRIPTION]), 'python'));
      run(PYTHON, [file], inPython);
      demandArchiver(template(inPython));
    },
  ],
  [
    'both: the same template',
    () => {
      if (JSON.stringify(template(inTypeScript)) !== JSON.stringify(template(inPython))) {
        throw new Error(`the templates differ: compare ${inTypeScript} and ${inPython}`);
      }
    },
  ],
];

fs.rmSync(APP, { recursive: true, force: true });
fs.mkdirSync(APP);
let failed = 0;
for (const [what, check] of CHECKS) {
  try {
    check();
    console.log(`ok ${what}`);
  } catch (error) {
    failed += 1;
    const {
      message,
      stdout = '',
      stderr = '',
    } = error as Error & { stdout?: string; stderr?: string };
    console.log(`FAILED ${what}: ${message}\n${stdout}${stderr}`);
  }
}
console.log(`${CHECKS.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
