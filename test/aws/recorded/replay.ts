/** What a replay of a recorded test is made of. docs/aws-recorded.md is the table of all rows. */

/** A row of the table: one recorded response, and what it shows. */
export interface Row {
  readonly behavior: string;
  /** Fields of the recording that are not compared, with the reason. */
  readonly except?: { readonly fields: readonly string[]; readonly reason: string };
  /** Set if this repository behaved differently when the row was added: what was changed. */
  readonly fixed?: string;
  /** Set if it still behaves differently: why that is accepted. */
  readonly differs?: string;
}

/**
 * A test of a public repository that was recorded on AWS, and the same requests against this
 * repository's doubles.
 */
export interface Replay<Subject> {
  /** The area of the table. */
  readonly area: string;
  readonly file: string;
  /** The class and the name of the test. */
  readonly test: string;
  /** Rows by the name of the step in the recording. */
  readonly rows: { readonly [step: string]: string | Row };
  /** Sends the requests. It hands the response or the error of each step to `record`. */
  play(
    subject: Subject,
    record: (step: string, response: Promise<unknown>) => Promise<any>,
  ): Promise<void>;
}

export function toRow(row: string | Row): Row {
  return typeof row === 'string' ? { behavior: row } : row;
}
