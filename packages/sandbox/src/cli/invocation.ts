/**
 * How a command was started: it differs between a clone of the repository and the published
 * package.
 */
export interface Invocation {
  /** What the usage text calls the command. */
  readonly command: string;
  /** Where relative paths start. */
  readonly directory: string;
  readonly version: string;
  /** Synthesizes the app of the demo into a folder. */
  readonly synthesizeDemo: (outdir: string) => void;
}
