import * as fs from 'node:fs';
import * as path from 'node:path';
import { type Deployment, deploymentOf, type Machine } from './names';

/** Everything that another process needs to destroy the created resources after a crash. */
export interface Entry {
  readonly id: string;
  /** Undefined: the credentials of the shell. */
  readonly profile?: string;
  readonly region: string;
  readonly account: string;
  readonly started: string;
  /** The archivers of the app. Their names, and those of their buckets, follow from it. */
  readonly machines: readonly Machine[];
}

export const deploymentOfEntry = (entry: Entry): Deployment => deploymentOf(entry.id, entry, entry.machines);

/** How a person repeats the command for the same credentials. */
export const describeCredentials = ({ profile }: Pick<Entry, 'profile'>) => (profile === undefined ? 'the credentials of this shell' : `profile ${profile}`);

/**
 * Keeps a folder for each verification that has not been destroyed. The folder has the journal and the deployed cloud
 * assembly.
 */
export class Journal {
  constructor(readonly directory: string) {}

  assembly(id: string): string {
    return path.join(this.folder(id), 'cdk.out');
  }

  /** Writes the entry before anything is created, and again when more is known. */
  write(entry: Entry): void {
    const file = this.file(entry.id);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    // The rename is atomic: after a kill, either the old or the new file exists.
    fs.writeFileSync(`${file}.new`, JSON.stringify(entry, null, 2));
    fs.renameSync(`${file}.new`, file);
  }

  /** Removes the folder when nothing is left to destroy. */
  remove(id: string): void {
    fs.rmSync(this.folder(id), { recursive: true, force: true });
  }

  read(id: string): Entry {
    if (!fs.existsSync(this.file(id))) {
      throw new Error(`no journal of ${id} in ${this.directory}: there are ${this.ids().join(', ') || 'none'}`);
    }
    const entry = JSON.parse(fs.readFileSync(this.file(id), 'utf8')) as Entry;
    if (entry.id !== id) { throw new Error(`${this.file(id)} is the journal of ${entry.id}, not of ${id}: somebody copied or changed it, so it is not used`); }
    return entry;
  }

  ids(): string[] {
    if (!fs.existsSync(this.directory)) { return []; }
    return fs.readdirSync(this.directory).filter((id) => /^[\w-]+$/.test(id) && fs.existsSync(this.file(id))).sort();
  }

  private file(id: string): string {
    return path.join(this.folder(id), 'journal.json');
  }

  /** An id is typed by a person. It must not lead out of the directory, since the folder is removed in the end. */
  private folder(id: string): string {
    if (!/^[\w-]+$/.test(id)) { throw new Error(`${JSON.stringify(id)} is no id: an id has letters and digits, such as 1a2b3c4d`); }
    return path.join(this.directory, id);
  }
}
