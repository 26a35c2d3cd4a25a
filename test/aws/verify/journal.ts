import * as fs from 'node:fs';
import * as path from 'node:path';
import { ARCHIVERS, type Deployment, deploymentOf, type Machine, stackName } from './names';
import type { Facts } from './report/report';
import type { Row } from './table';

/** Everything that another process needs to destroy the created resources after a crash. */
export interface Entry {
  readonly id: string;
  /** Undefined: the credentials of the shell. */
  readonly profile?: string;
  readonly region: string;
  readonly account: string;
  /** Of the emulator in which it is. Undefined: it is on AWS. */
  readonly endpoint?: string;
  readonly started: string;
  /** The archivers of the app. Their names, and those of their buckets, follow from it. */
  readonly machines: readonly Machine[];
  /** The ARN of the stack, with its UUID. Undefined until CloudFormation has told it. */
  readonly stackId?: string;
  /** The group of the processes of the CDK CLI. Undefined until it runs. */
  readonly cli?: number;
}

/** How far a verification has come: what its report needs if its process is killed. */
export interface Progress {
  /** What it is doing, after "while it". */
  readonly doing: string;
  /** When it began to do that. */
  readonly at: string;
  /** The process that does it. */
  readonly pid: number;
  readonly facts: Omit<Facts, 'ended'>;
  /** The names of all rows that scenarios have. */
  readonly names: readonly string[];
  readonly rows: readonly Row[];
}

function demand(isSo: boolean, otherwise: string): void {
  if (!isSo) {
    throw new Error(`${otherwise}: somebody copied or changed it, so it is not used`);
  }
}

export const deploymentOfEntry = (entry: Entry): Deployment =>
  deploymentOf(entry.id, entry, entry.machines);

/** How a person repeats the command for the same credentials. */
export const describeCredentials = ({ profile }: Pick<Entry, 'profile'>) =>
  profile === undefined ? 'the credentials of this shell' : `profile ${profile}`;

/**
 * Keeps a folder for each verification that has not been destroyed, or not been reported. The
 * folder has the journal, the progress and the deployed cloud assembly.
 */
export class Journal {
  constructor(readonly directory: string) {}

  assembly(id: string): string {
    return path.join(this.folder(id), 'cdk.out');
  }

  /** Writes the entry before anything is created, and again when more is known. */
  write(entry: Entry): void {
    this.replace(this.file(entry.id), entry);
  }

  /** Writes how far it has come. It is kept until there is a report. */
  record(id: string, progress: Progress): void {
    this.replace(this.progressFile(id), progress);
  }

  /** Undefined if there is a report already. */
  progress(id: string): Progress | undefined {
    const file = this.progressFile(id);
    return fs.existsSync(file)
      ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Progress)
      : undefined;
  }

  /** Nothing is left to destroy. */
  destroyed(id: string): void {
    fs.rmSync(this.file(id), { force: true });
    if (!fs.existsSync(this.progressFile(id))) {
      this.remove(id);
    }
  }

  /** There is a report. */
  reported(id: string): void {
    fs.rmSync(this.progressFile(id), { force: true });
    if (!fs.existsSync(this.file(id))) {
      this.remove(id);
    }
  }

  /** Removes the folder. */
  remove(id: string): void {
    fs.rmSync(this.folder(id), { recursive: true, force: true });
  }

  read(id: string): Entry {
    if (!fs.existsSync(this.file(id))) {
      throw new Error(
        `no journal of ${id} in ${this.directory}: there are ${this.ids().join(', ') || 'none'}`,
      );
    }
    const entry = JSON.parse(fs.readFileSync(this.file(id), 'utf8')) as Entry;
    demand(entry.id === id, `${this.file(id)} is the journal of ${entry.id}, not of ${id}`);
    const { account, region, machines, stackId } = entry;
    demand(
      /^\d{12}$/.test(account) &&
        /^[a-z0-9-]+$/.test(region) &&
        machines.every((machine) => ARCHIVERS.includes(machine)),
      `${this.file(id)} has an account, a region or an archiver that cannot be`,
    );
    const stack = `:cloudformation:${region}:${account}:stack/${stackName(id)}/`;
    demand(
      stackId === undefined || stackId.includes(stack),
      `${this.file(id)} names ${stackId}, which is not the stack of ${id} in ${account}, ${region}`,
    );
    return entry;
  }

  /** The verifications that may have left something behind. */
  ids(): string[] {
    return this.folders().filter((id) => fs.existsSync(this.file(id)));
  }

  /** The verifications that left nothing behind, and of which there is no report. */
  unreported(): string[] {
    return this.folders().filter(
      (id) => !fs.existsSync(this.file(id)) && fs.existsSync(this.progressFile(id)),
    );
  }

  private folders(): string[] {
    if (!fs.existsSync(this.directory)) {
      return [];
    }
    return fs
      .readdirSync(this.directory)
      .filter((id) => /^[\w-]+$/.test(id))
      .sort();
  }

  /** The rename is atomic: after a kill, either the old or the new file exists. */
  private replace(file: string, content: object): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(`${file}.new`, JSON.stringify(content, null, 2));
    fs.renameSync(`${file}.new`, file);
  }

  private file(id: string): string {
    return path.join(this.folder(id), 'journal.json');
  }

  private progressFile(id: string): string {
    return path.join(this.folder(id), 'progress.json');
  }

  /**
   * An id is typed by a person. It must not lead out of the directory, since the folder is removed
   * in the end.
   */
  private folder(id: string): string {
    if (!/^[\w-]+$/.test(id)) {
      throw new Error(
        `${JSON.stringify(id)} is no id: an id has letters and digits, such as 1a2b3c4d`,
      );
    }
    return path.join(this.directory, id);
  }
}
