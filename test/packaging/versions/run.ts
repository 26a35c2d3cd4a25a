/**
 * Checks the construct on three versions of aws-cdk-lib: the oldest supported one, the development
 * version, and the newest one. Each version has a folder with its own packages. The construct's own
 * tests and the apps of test/packaging/consumer run there with the built tarball. All versions must
 * produce the same templates.
 *
 * usage: run.ts [--quick] [TARBALL]
 *
 * With --quick, a sample of the construct's tests runs there. The apps run in any case.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { compareTemplates } from './compare';
import { compileApps, constructTests, consumerApps, prepare, templates } from './folder';
import { versionsOfCdk } from './which';
import { tarball } from '../compliance/programs';
import { Tally } from '../compliance/tally';

const {
  values: { quick = false },
  positionals: [given],
} = parseArgs({ options: { quick: { type: 'boolean' } }, allowPositionals: true });
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'versions-'));
// Apps without an output folder leave their files here.
process.env.TMPDIR = path.join(work, 'tmp');
fs.mkdirSync(process.env.TMPDIR);
// This program only compares templates. Copies of the bundles would waste time and space.
process.env.CDK_CONTEXT_JSON = JSON.stringify({ 'aws:cdk:disable-asset-staging': true });
const tally = new Tally();
try {
  const packed = tarball(work, given);
  const all = versionsOfCdk().map((version) => {
    const folder = path.join(work, version.name);
    const began = Date.now();
    prepare(folder, version, packed);
    tally.check(`${version.name}: the types compile`, compileApps(folder));
    // `npm test` and the steps for consumers already run these on the development version.
    if (version.name !== 'development') {
      tally.add(`${version.name}: apps`, consumerApps(folder));
      tally.add(`${version.name}: construct tests`, constructTests(folder, version, quick));
    }
    console.log(
      `${version.name}: aws-cdk-lib ${version.cdk}, constructs ${version.constructs}: ` +
        `${Math.round((Date.now() - began) / 1000)} s`,
    );
    const found = { name: version.name, templates: templates(folder) };
    fs.rmSync(folder, { recursive: true });
    return found;
  });
  compareTemplates(all, tally);
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
tally.finish();
