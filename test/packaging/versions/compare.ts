import type { Templates } from './folder';
import type { Tally } from '../compliance/tally';

interface OfVersion {
  readonly name: string;
  readonly templates: Templates;
}

/**
 * Differences that come from CDK itself, by path in the template, and the reason why a user does
 * not notice them.
 */
const KNOWN: readonly { readonly path: RegExp; readonly why: string }[] = [
  {
    path: /^Resources\.CustomS3AutoDeleteObjects\w+\.Properties\.(Code\.S3Key|Runtime)/,
    why: "the function that empties buckets is CDK's own",
  },
];

/** Compares the templates of each version with those of the previous version. */
export function compareTemplates(versions: OfVersion[], tally: Tally): void {
  const met = new Set<RegExp>();
  versions.slice(1).forEach(({ name, templates }, i) => {
    const before = versions[i];
    for (const [stack, template] of Object.entries(templates)) {
      const different = differences(before.templates[stack], template).filter((path) => {
        const known = KNOWN.filter((each) => each.path.test(path));
        known.forEach((each) => met.add(each.path));
        return known.length === 0;
      });
      tally.check(
        `${stack}: the same template on ${before.name} and ${name}`,
        different.map((path) => `differs at ${path}`),
      );
    }
  });
  for (const { path, why } of KNOWN) {
    tally.check(
      `difference ${path} (${why})`,
      met.has(path) ? [] : ['is known and does not occur: take it out'],
    );
  }
}

/** Returns the paths, such as `Resources.Bucket.Properties`, at which two values differ. */
function differences(one: unknown, other: unknown, at = ''): string[] {
  if (isObject(one) && isObject(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].flatMap((key) => differences(one[key], other[key], at ? `${at}.${key}` : key));
  }
  return Object.is(one, other) ? [] : [`${at}: ${JSON.stringify(one)} / ${JSON.stringify(other)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
