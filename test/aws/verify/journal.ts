import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Deployment } from './app';

/** What has to be known to destroy what was created, also by another process, after a crash. */
export interface Entry {
  readonly id: string;
  readonly profile: string;
  readonly region: string;
  readonly account: string;
  readonly started: string;
  /** Once it is deployed. */
  readonly deployment?: Deployment;
}

/** A folder for each verification that has not been destroyed: the journal, and the cloud assembly that was deployed. */
export class Journal {
  constructor(readonly directory: string) {}

  assembly(id: string): string {
    return path.join(this.directory, id, 'cdk.out');
  }

  /** Before anything is created, and again when more is known. */
  write(entry: Entry): void {
    const file = this.file(entry.id);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    // In one step, so that a kill leaves the old or the new one.
    fs.writeFileSync(`${file}.new`, JSON.stringify(entry, null, 2));
    fs.renameSync(`${file}.new`, file);
  }

  /** When nothing is left. */
  remove(id: string): void {
    fs.rmSync(path.join(this.directory, id), { recursive: true, force: true });
  }

  read(id: string): Entry {
    if (!fs.existsSync(this.file(id))) {
      throw new Error(`no journal of ${id} in ${this.directory}: there are ${this.ids().join(', ') || 'none'}`);
    }
    return JSON.parse(fs.readFileSync(this.file(id), 'utf8')) as Entry;
  }

  ids(): string[] {
    if (!fs.existsSync(this.directory)) { return []; }
    return fs.readdirSync(this.directory).filter((id) => fs.existsSync(this.file(id))).sort();
  }

  private file(id: string): string {
    return path.join(this.directory, id, 'journal.json');
  }
}
