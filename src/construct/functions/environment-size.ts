import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { Env } from '../../contract/settings';

/** Of names and values together. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_BYTES = 4_096;
/** What a value that is known only when the stack is deployed counts as: the longest name of a bucket. Most are such names. */
const BYTES_OF_TOKEN = 63;

/** The props that may be long, by the variable that has them. */
const PROPS: { readonly [variable: string]: string } = {
  [Env.FILTER]: 'filter',
  [Env.SOURCE_PREFIX]: 'prefix',
  [Env.DESTINATION_PREFIX]: 'destinationPrefix',
  [Env.REPORT_PREFIX]: 'reportPrefix',
  [Env.DATE_SOURCE]: 'dateSource',
  [Env.LAYOUT]: 'layout',
};

/** Throws if Lambda would refuse the environment variables of a function, which it does in the middle of a deployment. */
export function checkEnvironmentSize(scope: IConstruct, environment: { readonly [name: string]: string }): void {
  const sizes = Object.entries(environment).map(([name, value]) => ({ name, bytes: name.length + countBytes(Stack.of(scope).resolve(value)) }));
  const sum = sizes.reduce((total, { bytes }) => total + bytes, 0);
  if (sum <= MAX_BYTES) { return; }
  const longest = sizes.filter(({ name }) => name in PROPS).sort((a, b) => b.bytes - a.bytes).slice(0, 3);
  throw new Error(`the props need about ${sum} bytes of environment variables, and Lambda allows ${MAX_BYTES} for a function: `
    + `shorten ${longest.map(({ name, bytes }) => `${PROPS[name]} (${bytes} bytes)`).join(', ')}`);
}

/** CloudFormation joins texts with what it knows only then. */
function countBytes(value: unknown): number {
  if (typeof value === 'string') { return Buffer.byteLength(value); }
  const [separator, parts] = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'] ?? [];
  if (separator === undefined || !Array.isArray(parts)) { return BYTES_OF_TOKEN; }
  return parts.reduce<number>((total, part) => total + countBytes(part), separator.length * (parts.length - 1));
}
