/**
 * Which file of the repository is which page of the site. Each page is written once: the site adds
 * no text of its own.
 */

export const REPOSITORY = 'https://github.com/cdk-s3-dated-archiver/cdk-s3-dated-archiver';
/** Where GitHub Pages serves the site of the repository. */
export const SITE_BASE = '/cdk-s3-dated-archiver/';

export interface Page {
  /** The file, relative to the repository's root. */
  readonly source: string;
  /** The page's path on the site, without an extension. */
  readonly path: string;
  /** The page's name in the sidebar. */
  readonly title: string;
}

export interface Section {
  readonly title: string;
  readonly pages: readonly Page[];
}

const page = (source: string, path: string, title: string): Page => ({ source, path, title });

/** For whom the pages of some sections are. */
export interface Place {
  readonly title: string;
  readonly sections: readonly Section[];
}

const USE_IT: readonly Section[] = [
  {
    title: 'Getting started',
    pages: [
      page('README.md', 'index', 'Overview'),
      page('docs/start.md', 'start', 'From an empty folder'),
      page('docs/look.md', 'look', 'Look at a bucket first'),
      page('docs/once.md', 'once', 'Once, without deploying'),
      page('docs/schedules.md', 'schedules', 'The command every night'),
      page('packages/command/README.md', 'command', 'The command'),
      page('examples/README.md', 'examples', 'Examples'),
      page('docs/faq.md', 'faq', 'Questions'),
      page('docs/coming-from.md', 'coming-from', 'Coming from other tools'),
    ],
  },
  {
    title: 'How it works',
    pages: [
      page('docs/how-it-works.md', 'how-it-works', 'A run, step by step'),
      page('docs/report.md', 'report', 'The report of a run'),
      page('docs/scale.md', 'scale', 'Ten million objects and more'),
      page('docs/results/performance.md', 'results/performance', 'Performance'),
    ],
  },
  {
    title: 'Configuration',
    pages: [
      page('docs/configuration.md', 'configuration', 'All props'),
      page('docs/producers.md', 'producers', 'Names of known producers'),
      page('docs/filters.md', 'filters', 'Filters and globs'),
      page('docs/manifests.md', 'manifests', 'Manifests'),
      page('docs/packing.md', 'packing', 'Packing small objects'),
    ],
  },
  { title: 'Recipes', pages: [page('docs/recipes.md', 'recipes', 'All recipes')] },
  {
    title: 'Operations',
    pages: [
      page('docs/runbook.md', 'runbook', 'Runbook'),
      page('docs/messages.md', 'messages', 'Messages'),
      page('docs/costs.md', 'costs', 'Costs and limits'),
      page('docs/quotas.md', 'quotas', 'Quotas'),
      page('docs/regions.md', 'regions', 'Regions and partitions'),
      page('docs/network-and-scp.md', 'network-and-scp', 'Networks and organization policies'),
      page('docs/leaving.md', 'leaving', 'How to leave'),
    ],
  },
  {
    title: 'Safety',
    pages: [
      page('docs/safety.md', 'safety', 'Why no object is lost'),
      page('docs/compliance.md', 'compliance', 'Compliance packs and linters'),
      page('docs/verify-aws.md', 'verify-aws', 'Verify on AWS'),
      page('docs/verify-aws-details.md', 'verify-aws-details', 'Verify on AWS: the details'),
      page('SECURITY.md', 'security', 'Security reports'),
    ],
  },
  {
    title: 'Sandbox',
    pages: [
      page('packages/sandbox/README.md', 'sandbox/index', 'Run your archiver without AWS'),
      page('packages/sandbox/docs/fidelity.md', 'sandbox/fidelity', 'How close it is to AWS'),
      page('packages/s3-double/README.md', 'sandbox/s3', 'Its S3 server'),
      page('docs/emulators.md', 'emulators', 'Emulators of others'),
    ],
  },
  {
    title: 'API',
    pages: [
      page('API.md', 'api', 'Reference'),
      page('VERSIONS.md', 'versions', 'Versions'),
      page('CHANGELOG.md', 'changelog', 'Changelog'),
      page('ROADMAP.md', 'roadmap', 'Roadmap'),
    ],
  },
];

const WORK_ON_IT: readonly Section[] = [
  {
    title: 'Contributing',
    pages: [
      page('CONTRIBUTING.md', 'contributing', 'First steps'),
      page('docs/architecture.md', 'architecture', 'Architecture'),
      page('docs/decisions.md', 'decisions', 'Decisions'),
      page('packages/sandbox/docs/development.md', 'sandbox/development', 'The sandbox'),
      page('packages/engine/README.md', 'sandbox/engine', 'The engine'),
      page('CODE_OF_CONDUCT.md', 'code-of-conduct', 'Code of conduct'),
    ],
  },
  {
    title: 'Evidence',
    pages: [
      page('docs/evidence.md', 'evidence', 'How the promise is checked'),
      page('docs/results/conformance.md', 'results/conformance', 'Conformance of S3 servers'),
      page('docs/results/s3-servers.md', 'results/s3-servers', 'Other S3 servers'),
      page('docs/results/slips.md', 'results/slips', 'Slips, and what is said'),
      page('docs/results/emulators.md', 'results/emulators', 'What emulators answered'),
      page('docs/results/aws.md', 'results/aws', 'Seen on AWS'),
      page('docs/aws-recorded.md', 'aws-recorded', 'AWS, as recorded'),
    ],
  },
  {
    title: 'Measurements',
    pages: [
      page('benchmark/README.md', 'benchmarks', 'Benchmarks'),
      page('docs/results/scale.md', 'results/scale', 'What the defaults rest on'),
      page('docs/results/start.md', 'results/start', 'How long the first steps take'),
    ],
  },
];

export const PLACES: readonly Place[] = [
  { title: 'Use it', sections: USE_IT },
  { title: 'Work on it', sections: WORK_ON_IT },
];

export const PAGES: readonly Page[] = PLACES.flatMap(({ sections }) =>
  sections.flatMap(({ pages }) => pages),
);

/** The page's address on the site, from its root. */
export const addressOf = ({ path }: Page): string => `/${path.replace(/(^|\/)index$/, '$1')}`;
