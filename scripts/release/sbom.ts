/** The bill of materials of the bundles in CycloneDX JSON: https://cyclonedx.org/docs/1.6/json/ */
import type { BundledPackage } from './bundled';

export interface Subject {
  readonly name: string;
  readonly description: string;
  readonly license: string;
}

/**
 * Leaves out the time and this package's version, so that the same packages always give the same
 * file.
 *
 * @param bundleRef returns the path of a bundle in the package
 */
export function toSbom(
  subject: Subject,
  packages: readonly BundledPackage[],
  bundleRef: (bundle: string) => string,
): object {
  const root = `pkg:npm/${subject.name}`;
  const refs = new Map(packages.map((bundled) => [bundled, purl(bundled)]));
  const bundles = [...new Set(packages.flatMap((bundled) => bundled.bundles))].sort();
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'library',
        'bom-ref': root,
        name: subject.name,
        description: subject.description,
        licenses: [{ license: { id: subject.license } }],
        purl: root,
        components: bundles.map((bundle) => ({
          type: 'application',
          'bom-ref': bundleRef(bundle),
          name: bundle,
        })),
      },
    },
    components: packages.map((bundled) => ({
      type: 'library',
      'bom-ref': refs.get(bundled),
      name: bundled.name,
      version: bundled.version,
      licenses: [{ license: { id: bundled.license } }],
      purl: refs.get(bundled),
    })),
    dependencies: [
      { ref: root, dependsOn: bundles.map(bundleRef) },
      ...bundles.map((bundle) => ({
        ref: bundleRef(bundle),
        dependsOn: packages
          .filter((bundled) => bundled.bundles.includes(bundle))
          .map((bundled) => refs.get(bundled)),
      })),
    ],
  };
}

/**
 * Returns a package URL. The @ of a scope is encoded (https://github.com/package-url/purl-spec).
 */
const purl = ({ name, version }: BundledPackage) =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`;
