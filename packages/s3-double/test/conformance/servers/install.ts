/** Installs the S3 servers that are Python packages, unless they are installed. */
import { install } from './python';

install().then(console.log, (error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
