/**
 * Writes into docs/verify-aws.md the lines that download the script for AWS CloudShell, check it
 * and run it. With a tag, it first writes the tag and its commit into the script: a file cannot
 * have the hash of the commit that has the file, so this is done after a release.
 *
 * usage: npm run verify:pin [-- TAG]
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const PAGE = path.join(ROOT, 'docs/verify-aws.md');
const SCRIPT = path.join(ROOT, 'scripts/verify-in-cloudshell.sh');
const REPOSITORY = 'cdk-s3-dated-archiver/cdk-s3-dated-archiver';
const BLOCK = /(<!-- npm run verify:pin -->\n)[^]*?(<!-- end of npm run verify:pin -->)/;
const PIN = /^TAG='(.*)'\nCOMMIT='(.*)'$/m;

/** The script, with the release that it runs. */
export function pinScript(script: string, tag: string, commit: string): string {
  if (!/^v\d+\.\d+\.\d+$/.test(tag) || !/^[0-9a-f]{40}$/.test(commit)) {
    throw new Error(`${tag}, ${commit}: write a tag such as v0.1.0, which has a commit`);
  }
  return script.replace(PIN, `TAG='${tag}'\nCOMMIT='${commit}'`);
}

/** The page, with the lines that belong to the script. */
export function pinPage(page: string, script: string): string {
  const [, tag] = PIN.exec(script)!;
  const hash = createHash('sha256').update(script).digest('hex');
  const at = tag === '' ? '$COMMIT' : 'main';
  const lines = [
    ...(tag === ''
      ? [`COMMIT=$(git ls-remote https://github.com/${REPOSITORY}.git main | cut -f 1)`]
      : []),
    `curl -fsSLO https://raw.githubusercontent.com/${REPOSITORY}/${at}/scripts/verify-in-cloudshell.sh`,
    `echo "${hash}  verify-in-cloudshell.sh" | sha256sum -c && \\`,
    `  ${tag === '' ? 'VERIFY_COMMIT=$COMMIT ' : ''}bash verify-in-cloudshell.sh --only smoke`,
  ];
  return page.replace(
    BLOCK,
    (_, begin, end) => `${begin}\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n${end}`,
  );
}

function main([tag]: string[]): void {
  if (tag !== undefined) {
    const commit = execFileSync('git', ['rev-parse', '--verify', `refs/tags/${tag}^{commit}`], {
      cwd: ROOT,
      encoding: 'utf8',
    }).trim();
    writeFileSync(SCRIPT, pinScript(readFileSync(SCRIPT, 'utf8'), tag, commit));
  }
  writeFileSync(PAGE, pinPage(readFileSync(PAGE, 'utf8'), readFileSync(SCRIPT, 'utf8')));
}

if (require.main === module) {
  main(process.argv.slice(2));
}
