/**
 * Prints the templates of the apps of test/packaging/consumer. It runs in their folder, on the
 * version of CDK that is installed there.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { SCENARIOS } from '../consumer/scenarios';

const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'templates-'));
const templates: Record<string, object> = {};
SCENARIOS.forEach(({ name, build }, i) => {
  const app = new App({ analyticsReporting: false, outdir: path.join(outdir, String(i)) });
  build(app);
  for (const stack of app.synth().stacksRecursively) {
    templates[`${name}: ${stack.displayName}`] = stack.template;
  }
});
fs.rmSync(outdir, { recursive: true });
console.log(JSON.stringify(templates));
