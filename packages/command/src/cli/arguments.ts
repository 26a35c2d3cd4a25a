import { type FlagValues, parseArguments, renderCompletion } from 'cdk-s3-dated-archiver-s3-double';
import { DEFAULT_PAGES, describeUsage, FLAGS } from './flags';
import { type Invocation, UsageError } from './invocation';
import { checkTimeZone } from '../../../../src/dates/date-window';
import { isSame, parsePlace, type Place } from '../look/place';

export interface LookArguments {
  readonly source: Place;
  readonly destination: Place;
  readonly pages: number;
  readonly timeZone: string;
  readonly keys: boolean;
  readonly json: boolean;
  readonly out?: string;
  readonly printsPolicy: boolean;
  readonly region?: string;
  readonly endpoint?: string;
  readonly pathStyle: boolean;
}

const NAME = 's3-dated-archiver';
/** A listing of ten billion keys. */
const MAX_PAGES = 10_000_000;

/**
 * What to look at, or a text to print instead.
 * @throws UsageError
 */
export function readArguments(
  argv: readonly string[],
  { command, version }: Pick<Invocation, 'command' | 'version'>,
): LookArguments | string {
  try {
    return read(argv, command, version);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function read(argv: readonly string[], command: string, version: string): LookArguments | string {
  const { values, positionals } = parseArguments(FLAGS, argv);
  const usage = describeUsage(command);
  if (values.help) {
    return usage;
  }
  if (values.version) {
    return version;
  }
  if (values.completion !== undefined) {
    return renderCompletion(String(values.completion), NAME, FLAGS);
  }
  const [action, uri, ...others] = positionals;
  if (action === undefined) {
    throw new Error('a command is missing: write look s3://BUCKET/PREFIX/, archive or verify');
  }
  if (action !== 'look') {
    throw new Error(`there is no command '${action}': there are look, archive and verify`);
  }
  if (uri === undefined) {
    throw new Error('it is not said where to look: write look s3://BUCKET/PREFIX/');
  }
  if (others.length > 0) {
    throw new Error(`'${others[0]}' is one argument too many: look takes one place`);
  }
  return toLookArguments(uri, values);
}

function toLookArguments(uri: string, values: FlagValues): LookArguments {
  const source = parsePlace('what to look at', uri);
  const text = (name: string) => values[name] as string | undefined;
  const given = text('destination');
  const destination =
    given === undefined
      ? { bucket: source.bucket, prefix: 'archive/' }
      : parsePlace('--destination', given);
  if (isSame(source, destination)) {
    throw new Error(
      `--destination is the place to look at, s3://${source.bucket}/${source.prefix}, so that ` +
        'objects would be archived where they lie: name another prefix or bucket',
    );
  }
  return {
    source,
    destination,
    pages: toPages(text('pages')),
    timeZone: checkTimeZone(text('time-zone') ?? 'UTC'),
    keys: values.keys === true,
    json: values.json === true,
    out: text('out'),
    printsPolicy: values['print-policy'] === true,
    region: text('region'),
    endpoint: toEndpoint(text('endpoint')),
    pathStyle: values['path-style'] === true,
  };
}

function toPages(given: string | undefined): number {
  if (given === undefined) {
    return DEFAULT_PAGES;
  }
  const pages = /^\d+$/.test(given) ? Number(given) : 0;
  if (pages < 1 || pages > MAX_PAGES) {
    throw new Error(`--pages is '${given}', but must be a whole number from 1 to 10,000,000`);
  }
  return pages;
}

function toEndpoint(given: string | undefined): string | undefined {
  if (given !== undefined && !(URL.canParse(given) && /^https?:/.test(given))) {
    throw new Error(`--endpoint is '${given}', but must be a URL such as http://127.0.0.1:9000`);
  }
  return given;
}
