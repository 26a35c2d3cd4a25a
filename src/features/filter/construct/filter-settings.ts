import { Annotations, type Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkFilter } from '../../../contract/checks/check-filter';
import type { FilterSettings } from '../../../contract/payloads/settings';
import type { ObjectFilter } from '../../../object-filter';

const ANY_GLOB = '**';

export function toFilterSettings({
  include,
  exclude,
  minSize,
  maxSize,
  minAge,
}: ObjectFilter): FilterSettings {
  return {
    include,
    exclude,
    minSize: toBytes(minSize),
    maxSize: toBytes(maxSize),
    minAge: minAge?.toSeconds({ integral: false }),
  };
}

export function validateFilter(filter: ObjectFilter): void {
  const { include, exclude, minSize, maxSize, minAge } = toFilterSettings(filter);
  checkFilter({
    include: toKnownGlobs(include),
    exclude: toKnownGlobs(exclude),
    minSize: toKnown(minSize),
    maxSize: toKnown(maxSize),
    minAge: toKnown(minAge),
  });
}

/** Warns of globs that begin as the archiver's prefix does, because they match what follows it. */
export function warnAboutPrefixInGlobs(
  scope: Construct,
  { include = [], exclude = [] }: ObjectFilter,
  prefix: string,
): void {
  if (prefix === '' || Token.isUnresolved(prefix)) {
    return;
  }
  for (const [name, globs] of Object.entries({ include, exclude })) {
    const glob = Token.isUnresolved(globs)
      ? undefined
      : globs.find((each) => !Token.isUnresolved(each) && each.startsWith(prefix));
    if (glob === undefined) {
      continue;
    }
    Annotations.of(scope).addWarningV2(
      `cdk-s3-dated-archiver:prefixInFilter-${name}`,
      `filter.${name} has the glob "${glob}", which starts with prefix "${prefix}", and globs ` +
        `match the key after prefix: write "${glob.slice(prefix.length) || '**'}", ` +
        `unless objects are below "${prefix}${prefix}"`,
    );
  }
}

function toBytes(size?: Size): number | undefined {
  return size?.toBytes({ rounding: SizeRoundingBehavior.NONE });
}

function toKnown(value: number | undefined): number | undefined {
  return Token.isUnresolved(value) ? undefined : value;
}

function toKnownGlobs(globs?: string[]): string[] | undefined {
  return Token.isUnresolved(globs)
    ? [ANY_GLOB]
    : globs?.map((glob) => (Token.isUnresolved(glob) ? ANY_GLOB : glob));
}
