// Size and cold init of each handler's bundle. The size is checked; times depend on the machine and are only told.
const { execFileSync } = require('child_process');
const fs = require('fs');
const path = require('path');

const MAX_BYTES = 700_000;
const RUNS = 5;
const assets = path.resolve(__dirname, '..', 'assets');
// What a handler reads while it is loaded.
const environment = {
  PATH: process.env.PATH, AWS_REGION: 'eu-central-1', AWS_LAMBDA_FUNCTION_NAME: 'handler', NODE_NO_WARNINGS: '1',
  SOURCE_BUCKET: 'data', SOURCE_PREFIX: 'incoming/', DESTINATION_BUCKET: 'data', DESTINATION_PREFIX: 'archive/',
  DATE_SOURCE: '{"kind":"objectName","formats":["yyyy-MM-dd"]}', SELECTION: '{"kind":"daysAgo","days":1}', LAYOUT: '{"format":"yyyy/MM/dd/","flatten":false}',
  TIME_ZONE: 'Etc/UTC', MAX_CONCURRENCY: '10', MAX_OBJECTS_PER_SECOND: '1500', TOLERATED_FAILURE_PERCENTAGE: '0', CONFLICT_POLICY: 'REPORT',
  REPORT_BUCKET: 'reports', REPORT_PREFIX: 'runs/', MAX_ROUNDS: '100', ARCHIVER_NAME: 'Archive/Archiver', ALERT_TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:alerts',
};

function initMilliseconds(file) {
  const script = `const began = process.hrtime.bigint(); const { handler } = require(${JSON.stringify(file)});`
    + 'if (typeof handler !== "function") throw new Error("no handler"); console.log(Number(process.hrtime.bigint() - began) / 1e6);';
  return Number(execFileSync(process.execPath, ['-e', script], { env: environment, encoding: 'utf8' }).trim().split('\n').pop());
}

let passed = 0;
let failed = 0;
for (const name of ['plan-run', 'archive-batch', 'report-run', 'explain-failure']) {
  const file = path.join(assets, `${name}.lambda`, 'index.js');
  try {
    const { size } = fs.statSync(file);
    const times = Array.from({ length: RUNS }, () => initMilliseconds(file)).sort((a, b) => a - b);
    console.log(`${name}: ${Math.round(size / 1_000)} kB, init ${Math.round(times[Math.floor(RUNS / 2)])} ms (median of ${RUNS})`);
    if (size > MAX_BYTES) throw new Error(`${name} is larger than ${MAX_BYTES / 1_000} kB`);
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${error.message}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
