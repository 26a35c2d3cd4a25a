import * as fs from 'node:fs';
import * as path from 'node:path';

/** The recorded responses, as `extract.ts` copied them. */
export interface Recordings {
  readonly repository: string;
  readonly commit: string;
  /** By file and name of the test. */
  readonly tests: {
    readonly [test: string]: {
      readonly recorded: string;
      readonly steps: { readonly [step: string]: unknown };
    };
  };
}

export const RECORDINGS_FILE = path.join(__dirname, 'recordings.json');

export function readRecordings(): Recordings {
  return JSON.parse(fs.readFileSync(RECORDINGS_FILE, 'utf8')) as Recordings;
}

export function toTestId(file: string, test: string): string {
  return `${file}::${test}`;
}
