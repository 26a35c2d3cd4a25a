import { ifResolvable } from './resolvable';
import type { App, StackScope } from './scope';
import { UsageError } from '../common/errors';

/**
 * What a user can name: a bucket of the templates, or a parameter that may hold a bucket's name.
 */
interface Nameable {
  readonly scope: StackScope;
  readonly logicalId: string;
}

/** The given names by `STACK/LOGICALID`, so that each stands for one bucket. */
export function distinctNames(
  app: App,
  given: Record<string, string>,
  used: () => readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([key, name]) => [describeChoice(theOne(app, key, used)), name]),
  );
}

/**
 * The resource with a logical id, or `STACK/LOGICALID`. Similar stacks, such as those of Stages,
 * have buckets with the same logical id: then the bucket that the archiver uses is meant.
 */
export function theOne(app: App, key: string, used: () => readonly string[]): Nameable {
  const [, stack, logicalId] = /^(?:(.*)\/)?([^/]*)$/.exec(key)!;
  const all = nameable(app).filter(
    (each) =>
      each.logicalId === logicalId && (stack === undefined || each.scope.names.includes(stack)),
  );
  if (all.length === 0) {
    throw new UsageError(
      `--bucket ${key}: no bucket has that logical id; there are ${
        buckets(app)
          .map((each) => each.logicalId)
          .join(', ') || 'none'
      }`,
    );
  }
  const chosen =
    all.length === 1
      ? all
      : all.filter(({ scope, logicalId: id }) =>
          used().includes(String(ifResolvable(() => scope.ref(id)))),
        );
  if (chosen.length === 1) {
    return chosen[0]!;
  }
  throw new UsageError(
    `--bucket ${key}: there are several of that logical id; choose ` +
      `one\n${all.map((each) => `  ${describeChoice(each)}`).join('\n')}`,
  );
}

function describeChoice({ scope, logicalId }: Nameable): string {
  return `${scope.path}/${logicalId}`;
}

function nameable(app: App): Nameable[] {
  return [
    ...buckets(app),
    ...app.scopes.flatMap((scope) =>
      Object.keys(scope.template.Parameters ?? {}).map((logicalId) => ({ scope, logicalId })),
    ),
  ];
}

function buckets(app: App): Nameable[] {
  return [...app.resources('AWS::S3::Bucket')];
}
