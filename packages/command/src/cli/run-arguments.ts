/** What `archive` and `verify` are asked to do. */
import { type FlagValues, renderCompletion } from 'cdk-s3-dated-archiver-s3-double';
import { describeRunUsage, RUN_COMMANDS } from './run-usage';
import type { RunInput } from '../../../../src/contract/payloads/run';
import { parseRunInput } from '../../../../src/lambda/runtime/run-input';
import { isSame, parsePlace, type Place } from '../look/place';
import type { Owners } from '../run/owners';
import type { RunAction } from '../settings/flags';
import type { Places } from '../settings/given-settings';
import { readValues } from '../settings/read-values';

export interface RunArguments {
  readonly action: RunAction;
  readonly places: Places;
  /** The flags, for the settings. */
  readonly values: FlagValues;
  readonly input: RunInput;
  readonly archiverName: string;
  /** The id of a dry run. */
  readonly confirm?: string;
  readonly owners: Owners;
  readonly json: boolean;
  readonly printsPolicy: boolean;
  readonly profile?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly pathStyle: boolean;
}

export interface RunCaller {
  readonly command: string;
  readonly version: string;
  readonly directory: string;
}

const DEFAULT_NAME = 's3-dated-archiver';

/**
 * What to run, or a text to print instead.
 * @throws an error that says what to write
 */
export function readRunArguments(
  action: RunAction,
  argv: readonly string[],
  { command, version, directory }: RunCaller,
): RunArguments | string {
  const { flags } = RUN_COMMANDS[action];
  const { values, positionals } = readValues(flags, argv, directory);
  if (values.help) {
    return describeRunUsage(command, action);
  }
  if (values.version) {
    return version;
  }
  if (values.completion !== undefined) {
    return renderCompletion(String(values.completion), DEFAULT_NAME, flags);
  }
  const text = (name: string) => values[name] as string | undefined;
  const places = toPlaces(positionals, text('reports'));
  const input = toInput(action, values, values['print-policy'] === true);
  return {
    action,
    places,
    values,
    input,
    archiverName: toName(text('name') ?? DEFAULT_NAME),
    confirm: text('confirm'),
    owners: {
      all: toAccount('expected-owner', text('expected-owner')),
      source: toAccount('source-owner', text('source-owner')),
      destination: toAccount('destination-owner', text('destination-owner')),
      reports: toAccount('reports-owner', text('reports-owner')),
    },
    json: values.json === true,
    printsPolicy: values['print-policy'] === true,
    profile: text('profile'),
    region: text('region'),
    endpoint: toEndpoint(text('endpoint')),
    pathStyle: values['path-style'] === true,
  };
}

function toPlaces(positionals: readonly string[], reports: string | undefined): Places {
  const [from, to, ...others] = positionals;
  if (from === undefined || to === undefined) {
    throw new Error('two places are needed: write s3://BUCKET/PREFIX/ s3://BUCKET/ARCHIVE/');
  }
  if (others.length > 0) {
    throw new Error(`'${others[0]}' is one argument too many: there are two places`);
  }
  if (reports === undefined) {
    throw new Error(
      '--reports is missing: say where the report and the ledger go, as --reports ' +
        's3://BUCKET/runs/. They have the names of all objects, and they prove what was archived',
    );
  }
  const places = {
    source: parsePlace('the source', from),
    destination: parsePlace('the destination', to),
    reports: parsePlace('--reports', reports),
  };
  checkReportsApart(places);
  return places;
}

/** What lies in a data bucket is read, expires, or is locked as data is. */
function checkReportsApart({ source, destination, reports }: Places): void {
  for (const [name, place] of Object.entries({ source, destination })) {
    if (contains(place, reports) || contains(reports, place)) {
      const [inner, outer] = contains(place, reports) ? ['--reports', name] : [name, '--reports'];
      throw new Error(
        `${inner} ${toUri(contains(place, reports) ? reports : place)} is below ${outer} ` +
          `${toUri(contains(place, reports) ? place : reports)}, but must be apart: give another ` +
          'prefix or bucket for --reports',
      );
    }
  }
}

const contains = (outer: Place, inner: Place) =>
  isSame(outer, inner) || (outer.bucket === inner.bucket && inner.prefix.startsWith(outer.prefix));

const toUri = ({ bucket, prefix }: Place) => `s3://${bucket}/${prefix}`;

function toInput(action: RunAction, values: FlagValues, mayLackDays: boolean): RunInput {
  const given = {
    ...(action === 'verify' && { action }),
    ...pick(values, { date: 'date', from: 'from', to: 'to', run: 'run', deep: 'deep' }),
    ...(values['dry-run'] === true && { dryRun: true }),
  };
  const input = parseRunInput(given);
  if ((input.date ?? input.from ?? input.run) === undefined && !mayLackDays) {
    throw new Error(
      action === 'verify'
        ? 'it is not said what to verify: add --from and --to, or --date, or --run'
        : 'it is not said which days to archive: add --from and --to, or --date',
    );
  }
  return input;
}

function pick(values: FlagValues, names: { readonly [flag: string]: string }): object {
  return Object.fromEntries(
    Object.entries(names)
      .filter(([flag]) => values[flag] !== undefined)
      .map(([flag, field]) => [field, values[flag]]),
  );
}

/** It is a part of the names of executions, and of keys. */
function toName(given: string): string {
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(given)) {
    throw new Error(
      `--name is '${given}', but must have letters, digits, '-', '_' and '.', 64 at most`,
    );
  }
  return given;
}

function toAccount(flag: string, given: string | undefined): string | undefined {
  if (given !== undefined && !/^\d{12}$/.test(given)) {
    throw new Error(`--${flag} is '${given}', but must be the 12 digits of an account`);
  }
  return given;
}

function toEndpoint(given: string | undefined): string | undefined {
  if (given !== undefined && !(URL.canParse(given) && /^https?:/.test(given))) {
    throw new Error(`--endpoint is '${given}', but must be a URL such as http://127.0.0.1:9000`);
  }
  return given;
}
