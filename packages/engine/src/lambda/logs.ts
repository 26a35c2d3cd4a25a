import * as fs from 'node:fs';
import * as path from 'node:path';

const KEPT_CHARACTERS = 16 * 1024;

/**
 * Output of a function's instances: its end is kept in memory, all of it in a file if there is a
 * directory for it.
 */
export class FunctionLog {
  private tail = '';
  private readonly file?: fs.WriteStream;

  constructor(functionName: string, directory?: string) {
    if (directory) {
      fs.mkdirSync(directory, { recursive: true });
      this.file = fs.createWriteStream(path.join(directory, `${functionName}.log`), { flags: 'a' });
    }
  }

  write(chunk: Buffer): void {
    this.file?.write(chunk);
    const all = this.tail + chunk.toString('utf8');
    if (all.length <= KEPT_CHARACTERS) {
      this.tail = all;
      return;
    }
    // A line without its beginning says something else, such as half a metric, unless there is no
    // other line.
    const end = all.slice(-KEPT_CHARACTERS);
    this.tail = end.slice(end.indexOf('\n') + 1) || end;
  }

  lastLines(count: number): string[] {
    return this.tail.trimEnd().split('\n').slice(-count);
  }

  close(): Promise<void> {
    return new Promise((resolve) => (this.file ? this.file.end(resolve) : resolve()));
  }
}
