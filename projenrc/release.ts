import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { type awscdk, Component, github } from 'projen';

/**
 * Pins actions by commit, because a tag can be moved. The tag of each commit comes from the
 * action's repository.
 */
const ACTIONS: Record<string, readonly [commit: string, tag: string]> = {
  'actions/checkout': ['3d3c42e5aac5ba805825da76410c181273ba90b1', 'v7.0.1'],
  'actions/upload-artifact': ['043fb46d1a93c77aae656e7c1c64a875d1fc6a0a', 'v7.0.1'],
  'actions/download-artifact': ['3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c', 'v8.0.1'],
  'actions/setup-node': ['820762786026740c76f36085b0efc47a31fe5020', 'v7.0.0'],
  'actions/setup-python': ['5fda3b95a4ea91299a34e894583c3862153e4b97', 'v7.0.0'],
  'actions/setup-java': ['b6effb05e454b25005698d916606bdc6ffcbf961', 'v5.7.0'],
  'actions/setup-go': ['b7ad1dad31e06c5925ef5d2fc7ad053ef454303e', 'v7.0.0'],
  'actions/setup-dotnet': ['a98b56852c35b8e3190ac28c8c2271da59106c68', 'v6.0.0'],
  'actions/deploy-pages': ['cd2ce8fcbc39b97be8ca5fce6e763baed58fa128', 'v5.0.0'],
  'peter-evans/create-pull-request': ['5f6978faf089d4d20b00c7766989d076bb2fc7f1', 'v8.1.1'],
  'amannn/action-semantic-pull-request': ['48f256284bd46cdaab1048c3721360e808335d50', 'v6.1.1'],
  'ossf/scorecard-action': ['2d1146689b8cda280b9bc96326124645441f03bc', 'v2.4.4'],
};

/**
 * The release workflow and the check of the public API.
 *
 * Workflows get only the permissions that they need: `test/packaging/release/workflows.test.ts`
 * checks this.
 */
export class ReleaseSafety extends Component {
  private readonly github: github.GitHub;

  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    this.github = project.github!;
    for (const [action, [commit]] of Object.entries(ACTIONS)) {
      this.github.actions.set(action, `${action}@${commit}`);
    }
    // This job only builds. Another job creates the tag.
    project
      .tryFindObjectFile('.github/workflows/release.yml')
      ?.addOverride('jobs.release.permissions', { contents: 'read' });
    // The build workflow changes nothing: it fails if the build changes a committed file.
    project
      .tryFindObjectFile('.github/workflows/build.yml')
      ?.addOverride('jobs.build.permissions', { contents: 'read' });
    this.addWeeklyWorkflow();

    // A released API must not break. Run `npm run api:accept` after a release. For an intended
    // break, add its key and the reason to .compatignore.
    const compat = project.tasks.tryFind('compat')!;
    compat.reset('tsx scripts/release/api-diff.ts');
    project.postCompileTask.spawn(compat);
    project.tasks.tryFind('release')!.prependExec('tsx scripts/release/measured-pages.ts');
    project.package.setScript('audit:bundles', 'tsx scripts/release/audit.ts');
    project.package.setScript('api:accept', 'tsx scripts/release/api-baseline.ts');
    // After a release, with its tag; and after a change of the script, without one.
    project.package.setScript('verify:pin', 'tsx scripts/docs/pin-verify.ts');
    project.package.setScript('release:dry-run', 'tsx scripts/release/dry-run.ts');
  }

  public preSynthesize(): void {
    for (const workflow of this.github.workflows) {
      workflow.file?.addOverride('permissions', { contents: 'read' });
    }
  }

  /**
   * Adds the tag of each pinned commit as a comment, which projen's YAML writer cannot, and drops
   * the registry's host name.
   */
  public postSynthesize(): void {
    for (const { file } of this.github.workflows) {
      if (!file) {
        continue;
      }
      const text = readFileSync(file.absolutePath, 'utf8')
        .split('\n')
        .filter((line) => !/^ +NPM_REGISTRY: /.test(line))
        .map((line) =>
          line.replace(
            /(uses: )([^@]+)@([0-9a-f]{40})$/,
            (_, uses, action, commit) => `${uses}${action}@${commit} # ${getTag(action, commit)}`,
          ),
        );
      chmodSync(file.absolutePath, 0o644);
      writeFileSync(file.absolutePath, text.join('\n'));
      chmodSync(file.absolutePath, 0o444);
    }
  }

  /**
   * Looks for vulnerabilities published since the last build, and runs OpenSSF Scorecard
   * (https://github.com/ossf/scorecard).
   */
  private addWeeklyWorkflow(): void {
    const permissions = { contents: github.workflows.JobPermission.READ };
    const checkout = { uses: 'actions/checkout@v7', with: { 'persist-credentials': false } };
    const workflow = this.github.addWorkflow('weekly');
    workflow.on({ schedule: [{ cron: '0 4 * * 1' }], workflowDispatch: {} });
    workflow.addJob('audit', {
      runsOn: ['ubuntu-latest'],
      permissions,
      tools: { node: { version: '24' } },
      steps: [checkout, { run: 'npm ci' }, { run: 'npm run audit:bundles -- --strict' }],
    });
    workflow.addJob('scorecard', {
      runsOn: ['ubuntu-latest'],
      permissions,
      steps: [
        checkout,
        {
          uses: 'ossf/scorecard-action@v2',
          with: { results_file: 'scorecard.json', results_format: 'json', publish_results: false },
        },
        { uses: 'actions/upload-artifact@v7', with: { name: 'scorecard', path: 'scorecard.json' } },
      ],
    });
  }
}

function getTag(action: string, commit: string): string {
  const pin = ACTIONS[action];
  if (pin?.[0] !== commit) {
    throw new Error(
      `workflow uses ${action}@${commit}; its tag is not known: add both to ACTIONS in ` +
        'projenrc/release.ts',
    );
  }
  return pin[1];
}
