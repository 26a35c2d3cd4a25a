/**
 * Keeps a report that a user sent, and writes what is said about it: docs/results/aws.md, the
 * rows of docs/aws-recorded.md, and the line of the README.
 *
 *   npx tsx --tsconfig tsconfig.dev.json test/aws/verify/report/record.ts verify-report.json
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileOf, KEPT, parseReport, readKept } from './kept';
import { LAST_SEEN, lastSeen, renderResults } from './pages';
import { PAGE, renderPage } from '../../recorded/page';
import { readRecordings } from '../../recorded/recordings';

const ROOT = path.resolve(__dirname, '../../../..');

function main([file]: string[]): number {
  if (file === undefined) {
    console.error('usage: record.ts REPORT, which is a verify-report.json');
    return 2;
  }
  const report = parseReport(fs.readFileSync(file, 'utf8'));
  if (report.emulator !== undefined) {
    console.error(`${file} is of an emulator: the pages have what AWS did. Nothing was changed.`);
    return 2;
  }
  fs.mkdirSync(KEPT, { recursive: true });
  fs.writeFileSync(path.join(KEPT, fileOf(report)), `${JSON.stringify(report, null, 2)}\n`);
  const reports = readKept();
  fs.writeFileSync(path.join(ROOT, 'docs/results/aws.md'), renderResults(reports));
  fs.writeFileSync(PAGE, renderPage(readRecordings(), reports));
  const readme = path.join(ROOT, 'README.md');
  fs.writeFileSync(
    readme,
    fs.readFileSync(readme, 'utf8').replace(LAST_SEEN, () => lastSeen(reports)),
  );
  console.log(
    `Kept ${fileOf(report)}: ${report.passed} of ${report.total}. Read the changes of the pages ` +
      'before you commit them.',
  );
  return 0;
}

if (require.main === module) {
  process.exitCode = main(process.argv.slice(2));
}
