/**
 * `npm run sandbox:s3` in a clone of the repository. The published package has the sandbox's
 * bin/s3.ts instead.
 */
import { version } from '../package.json';
import { runS3Command } from './command/command';

void runS3Command(process.argv.slice(2), { command: 'npm run --silent sandbox:s3 --', version });
