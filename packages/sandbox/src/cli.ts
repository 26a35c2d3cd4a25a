/** `npm run sandbox` in a clone of the repository. The published package has bin/sandbox.ts instead. */
import { version } from '../package.json';
import { main } from './cli/main';

void main(process.argv.slice(2), {
  command: 'npm run --silent sandbox --',
  // npm runs scripts in the package's directory and names the caller's here.
  directory: process.env.INIT_CWD ?? process.cwd(),
  version,
}).then((status) => { process.exitCode = status; });
