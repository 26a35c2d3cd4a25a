import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { readTextLines } from '../../common/lines';
import type { ExecutionStatus } from '../records';
import type { ResumePoint } from '../redrive';
import type { MachineIdentity } from '../world';

/** A child workflow that has not succeeded: not yet started, or to be redriven. */
export interface Child {
  readonly arn: string;
  readonly name: string;
  /** Its position among all children, from 0. */
  readonly index: number;
  readonly input: string;
  readonly items: number;
  readonly redriveCount: number;
  /** How its last attempt ended; undefined if it has not run. */
  readonly ended?: {
    readonly status: ExecutionStatus;
    readonly startDate: string;
    readonly resume: ResumePoint;
  };
}

export function newChild(
  identity: MachineIdentity,
  index: number,
  input: { json: string; items: number },
): Child {
  const name = randomUUID();
  const arn = `${identity.arn.replace(':stateMachine:', ':execution:')}:${name}`;
  return { arn, name, index, input: input.json, items: input.items, redriveCount: 0 };
}

/**
 * Children that a redrive has to run. They are kept on disk, since inputs can be 256 KiB each and
 * all children may have failed.
 */
export class UnfinishedChildren {
  private readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'sandbox-children-'));
  private generation = 0;

  add(child: Child): void {
    fs.appendFileSync(this.file(), `${JSON.stringify(child)}\n`);
  }

  /** Yields all children; if the caller stops early, `leftOver` gets the rest. */
  async *take(leftOver: (child: Child) => void): AsyncGenerator<Child> {
    const file = this.file();
    this.generation++;
    if (!fs.existsSync(file)) {
      return;
    }
    const lines = readTextLines(fs.createReadStream(file));
    const next = async () => {
      const { done, value } = await lines.next();
      return done ? undefined : (JSON.parse(value) as Child);
    };
    try {
      for (let child = await next(); child; child = await next()) {
        yield child;
      }
    } finally {
      for (let child = await next(); child; child = await next()) {
        leftOver(child);
      }
      fs.rmSync(file);
    }
  }

  close(): void {
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  private file(): string {
    return path.join(this.directory, `${this.generation}.jsonl`);
  }
}
