import { type awscdk, Component, github, JsonFile } from 'projen';

const { READ } = github.workflows.JobPermission;
const FOLDER = 'release/publisher';
const REGISTRIES = ['npm', 'maven', 'pypi', 'nuget', 'golang'];
/** The steps of projen's publishing jobs that run code of the build and of its dependencies. */
const BUILD_STEP =
  /^(Download build artifacts|Restore build artifact permissions|Checkout|Install Dependencies|(Extract|Move) build artifact.*|(Create|Collect) \w+ artifact)$/;

type Step = github.workflows.JobStep;

/**
 * Separates publishing from building. In projen's release workflow, the job that may publish to a
 * registry also installs all dependencies, with their scripts, and packages. Here another job
 * without rights does that. The job that publishes runs one program, which is in a lock file of its
 * own, and installs it without scripts.
 */
export class Publishing extends Component {
  private readonly workflow: github.GithubWorkflow;

  constructor(project: awscdk.AwsCdkConstructLibrary, publisherVersion: string) {
    super(project);
    this.workflow = project.github!.workflows.find(({ name }) => name === 'release')!;
    // After a change of the version: (cd release/publisher && npm install --package-lock-only
    // --ignore-scripts)
    new JsonFile(project, `${FOLDER}/package.json`, {
      obj: {
        name: 'publisher',
        description: 'The program that uploads the packages of a release.',
        private: true,
        dependencies: { publib: publisherVersion },
      },
    });
    project.annotateGenerated(`/${FOLDER}/package-lock.json`);
  }

  public preSynthesize(): void {
    this.workflow.addJob('audit', {
      name: 'Look for known vulnerabilities',
      runsOn: ['ubuntu-latest'],
      permissions: { contents: READ },
      tools: { node: { version: '24' } },
      steps: [
        checkout(),
        { run: 'npm ci --ignore-scripts' },
        { name: 'of the bundles', run: 'npm run audit:bundles -- --strict' },
        { name: 'of the publisher', workingDirectory: FOLDER, run: 'npm audit --audit-level=high' },
      ],
    });
    this.workflow.file!.addOverride('jobs.release.needs', ['audit']);
    for (const registry of REGISTRIES) {
      this.separate(registry);
    }
    const sandbox = this.getJob('release_sandbox');
    this.workflow.updateJob('release_sandbox', {
      ...sandbox,
      steps: [...installPublisher(), ...sandbox.steps.map(withoutNpx)],
    });
    this.releaseFrom('main');
  }

  /**
   * A person can start a workflow on any branch. The jobs are skipped there; the settings of the
   * environment `release` hold against a branch that changes this file.
   */
  private releaseFrom(branch: string): void {
    const isBranch = `github.ref == 'refs/heads/${branch}'`;
    for (const [id, job] of Object.entries(this.workflow.jobs)) {
      const { if: condition } = job as github.workflows.Job;
      this.workflow.file!.addOverride(
        `jobs.${id}.if`,
        condition === undefined ? isBranch : `${isBranch} && (${condition})`,
      );
    }
  }

  private separate(registry: string): void {
    const job = this.getJob(`release_${registry}`);
    const isBuild = ({ name = '' }: Step) => BUILD_STEP.test(name);
    this.workflow.addJob(`package_${registry}`, {
      name: `Package for ${registry}`,
      needs: ['release'],
      runsOn: job.runsOn,
      permissions: { contents: READ },
      tools: job.tools,
      if: job.if,
      steps: [
        ...job.steps.filter(isBuild).map(withoutCredentials),
        {
          name: 'Upload packages',
          uses: 'actions/upload-artifact@v7',
          with: { name: `packages-${registry}`, path: 'dist' },
        },
      ],
    });
    this.workflow.updateJob(`release_${registry}`, {
      ...job,
      needs: ['release', `package_${registry}`],
      steps: [
        ...installPublisher(),
        {
          name: 'Download packages',
          uses: 'actions/download-artifact@v8',
          with: { name: `packages-${registry}`, path: 'dist' },
        },
        ...job.steps.filter((step) => !isBuild(step)).map(withoutNpx),
      ],
    });
  }

  private getJob(id: string): github.workflows.Job {
    return this.workflow.getJob(id) as github.workflows.Job;
  }
}

function checkout(path?: string): Step {
  return {
    name: 'Checkout',
    uses: 'actions/checkout@v7',
    with: {
      'persist-credentials': false,
      ...(path !== undefined && { path, 'sparse-checkout': FOLDER }),
    },
  };
}

function withoutCredentials(step: Step): Step {
  return step.uses?.startsWith('actions/checkout')
    ? { ...step, with: { ...step.with, 'persist-credentials': false } }
    : step;
}

/** Before the steps that get a key. */
function installPublisher(): Step[] {
  return [
    checkout('.repo'),
    {
      name: 'Install the publisher',
      workingDirectory: `.repo/${FOLDER}`,
      run: 'npm ci --ignore-scripts --no-audit --no-fund',
    },
  ];
}

/** Runs the publisher of the lock file in place of one that npx would install. */
function withoutNpx(step: Step): Step {
  const [, program, rest] = /^npx .*\b(publib-\w+)'?(.*)$/.exec(step.run ?? '') ?? [];
  return program ? { ...step, run: `.repo/${FOLDER}/node_modules/.bin/${program}${rest}` } : step;
}
