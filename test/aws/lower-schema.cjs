/**
 * Lets integ-runner read the cloud assemblies of a newer CDK. Its last version (2.197.10) knows the schema of assemblies
 * up to version 53, and refuses others. If version 54 wrote something else, the snapshots would differ.
 */
const fs = require('node:fs');
const path = require('node:path');

process.on('exit', () => {
  const folder = process.env.CDK_OUTDIR;
  if (!folder || !fs.existsSync(folder)) { return; }
  for (const file of fs.readdirSync(folder).filter((name) => /^(manifest|integ|.*\.assets)\.json$/.test(name)).map((name) => path.join(folder, name))) {
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.replace(/("version":\s*)"54\.[^"]*"/, '$1"53.0.0"'));
  }
});
