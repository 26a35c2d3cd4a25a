/**
 * Runs independent tools on the templates of the construct: those of the smallest app, of an app
 * with everything, and of every example. Every finding must be explained here or in the resource
 * itself. Each tool must also detect a deliberate violation, because otherwise its silence proves
 * nothing.
 *
 * usage: main.ts [TARBALL]
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { awslint } from './awslint';
import { explanationOf, type Finding, type Judge, type Judged } from './judge';
import { cdkNag } from './nag';
import { runProgram } from './programs';
import { cfnGuard, checkov } from './scanners';
import { Setting } from './setting';
import { judgeSnapshots } from './snapshots';
import { Tally } from './tally';
import { aslValidator, cfnLint, cloudFormationValidate, deployment, parliament } from './templates';

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'judges-'));
process.env.TMPDIR = path.join(work, 'tmp');
fs.mkdirSync(process.env.TMPDIR);
const tally = new Tally();
try {
  const venv = createVenv('venv', '-r', path.join(__dirname, 'requirements.txt'));
  const setting = new Setting(path.join(work, 'apps'));
  setting.install(process.argv[2]);
  const apps = setting.apps();
  console.log(`apps: ${apps.map(({ name }) => name).join(', ')}`);

  const judges = [
    cdkNag(setting.spoiled('spoiled-permissions')),
    cloudFormationValidate(setting.spoiled('spoiled-template')),
    cfnLint(venv),
    aslValidator,
    parliament(venv),
    deployment(venv),
    awslint(path.join(work, 'awslint')),
    // It has requirements that do not fit those of the others.
    checkov(createVenv('checkov', 'checkov==3.3.30')),
    cfnGuard(path.join(work, 'cfn-guard')),
  ];
  for (const judge of judges) {
    hear(judge, apps);
  }
  judgeSnapshots(work, tally);
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
tally.finish();

/** Installs Python packages in an environment of their own. */
function createVenv(name: string, ...packages: string[]): string {
  const venv = path.join(work, name);
  runProgram('python3', ['-m', 'venv', venv]);
  runProgram(path.join(venv, 'bin/pip'), [
    'install',
    '--quiet',
    '--disable-pip-version-check',
    ...packages,
  ]);
  return venv;
}

function hear(judge: Judge, apps: Judged[]): void {
  const began = Date.now();
  const findings = judge.judge(apps);
  const unexplained = findings.filter((finding) => !explanationOf(judge, finding));
  for (const { name } of apps) {
    tally.check(`${judge.name}: ${name}`, unexplained.filter(({ app }) => app === name).map(say));
  }

  for (const explanation of judge.explained) {
    const met = findings.some((finding) => explanationOf(judge, finding) === explanation);
    tally.check(
      `${judge.name}: ${explanation.rule}: ${explanation.why}`,
      met ? [] : ['explains nothing that is found: take it out'],
    );
  }

  const spoiled = judge
    .judge([judge.spoil(apps[0])])
    .filter((finding) => !explanationOf(judge, finding))
    .map(say);
  const violation = spoiled.find((said) => judge.violation.test(said));
  tally.check(
    `${judge.name}: sees a violation`,
    violation
      ? []
      : [`a deliberate violation was not seen; seen: ${spoiled.join('; ') || 'nothing'}`],
  );
  console.log(
    `${judge.name}: ${findings.length} findings, ${unexplained.length} unexplained; the ` +
      `violation: ${violation ?? 'not seen'}; ` +
      `${Math.round((Date.now() - began) / 1000)} s`,
  );
}

function say({ rule, text }: Finding): string {
  return `${rule}: ${text}`;
}
