import { type awscdk, Component, github } from 'projen';

/**
 * The sandbox for users, who have no clone: a package of its own, built into dist/sandbox and
 * published next to the construct.
 */
export class SandboxPackage extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary, publisherVersion: string) {
    super(project);
    project.packageTask.spawn(
      project.addTask('package:sandbox', { exec: 'tsx scripts/packages/sandbox.ts' }),
    );
    this.publish(project, publisherVersion);
  }

  /**
   * projen publishes one package to npm. This is the other, by the same rules: of the same build,
   * without a stored token.
   */
  private publish(project: awscdk.AwsCdkConstructLibrary, publisherVersion: string): void {
    const { READ, WRITE } = github.workflows.JobPermission;
    project.release?.addJobs({
      release_sandbox: {
        name: 'Publish the sandbox to npm',
        // Its users have the construct, too.
        needs: ['release', 'release_npm'],
        runsOn: ['ubuntu-latest'],
        permissions: { idToken: WRITE, contents: READ },
        environment: 'release',
        if:
          "needs.release.outputs.tag_exists != 'true' && needs.release.outputs.latest_commit == " +
          'github.sha',
        steps: [
          {
            uses: 'actions/setup-node@v7',
            with: { 'node-version': '24', 'package-manager-cache': false },
          },
          {
            name: 'Download build artifacts',
            uses: 'actions/download-artifact@v8',
            with: { 'artifact-ids': '${{ needs.release.outputs.artifact_id }}', path: 'dist' },
          },
          {
            name: 'Release',
            env: {
              NPM_DIST_TAG: 'latest',
              NPM_CONFIG_PROVENANCE: 'true',
              NPM_TRUSTED_PUBLISHER: 'true',
              PUBLIB_DRYRUN: '${{ inputs.dry_run }}',
            },
            run: `npx -p publib@${publisherVersion} publib-npm dist/sandbox`,
          },
        ],
      },
    });
  }
}
