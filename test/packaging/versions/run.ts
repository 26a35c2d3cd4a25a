/**
 * The construct on the oldest aws-cdk-lib that it supports, on the one of the development, and on the newest there is: its own tests and the
 * apps of test/packaging/consumer run there against the built tarball, in folders with packages of their own, and all get the same templates.
 *
 * usage: run.ts [TARBALL]
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { compareTemplates } from './compare';
import { compileApps, constructTests, consumerApps, prepare, templates } from './folder';
import { versionsOfCdk } from './which';
import { tarball } from '../compliance/programs';
import { Tally } from '../compliance/tally';

const given = process.argv[2];
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'versions-'));
// What apps leave behind where nobody told them where to write.
process.env.TMPDIR = path.join(work, 'tmp');
fs.mkdirSync(process.env.TMPDIR);
// Templates are looked at here: copies of the bundles for each would only take time and room.
process.env.CDK_CONTEXT_JSON = JSON.stringify({ 'aws:cdk:disable-asset-staging': true });
const tally = new Tally();
try {
  const packed = tarball(work, given);
  const all = versionsOfCdk().map((version) => {
    const folder = path.join(work, version.name);
    const began = Date.now();
    prepare(folder, version, packed);
    tally.check(`${version.name}: the types compile`, compileApps(folder));
    tally.add(`${version.name}: apps`, consumerApps(folder));
    // The versions in between are those of the development: `npm test` runs there.
    if (version.name !== 'development') {
      tally.add(`${version.name}: construct tests`, constructTests(folder, version));
    }
    console.log(`${version.name}: aws-cdk-lib ${version.cdk}, constructs ${version.constructs}: ${Math.round((Date.now() - began) / 1000)} s`);
    const found = { name: version.name, templates: templates(folder) };
    fs.rmSync(folder, { recursive: true });
    return found;
  });
  compareTemplates(all, tally);
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
tally.finish();
