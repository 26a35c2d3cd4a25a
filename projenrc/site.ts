import { type awscdk, Component, github, javascript, JsonFile } from 'projen';

const FOLDER = 'site';
const { READ, WRITE } = github.workflows.JobPermission;

/**
 * The site: a generator with a lock file of its own, which only `npm run site` installs, and the
 * workflow that publishes it.
 */
export class Site extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary, vitepressVersion: string) {
    super(project);
    // After a change of the version: (cd site && npm install --package-lock-only --ignore-scripts
    // --omit-lockfile-registry-resolved)
    new JsonFile(project, `${FOLDER}/package.json`, {
      obj: {
        name: 'site',
        description: 'The generator of the site.',
        private: true,
        dependencies: { vitepress: vitepressVersion },
      },
    });
    project.annotateGenerated(`/${FOLDER}/package-lock.json`);
    project.gitignore.exclude(`/${FOLDER}/.build/`, `/${FOLDER}/.vitepress/.temp/`);
    project.npmignore?.exclude(`/${FOLDER}/`);
    project.tsconfigDev.addInclude(`${FOLDER}/*.ts`);
    javascript.Eslint.of(project)!.addOverride({
      files: [`${FOLDER}/*.ts`],
      rules: {
        'import/no-extraneous-dependencies': [
          'error',
          { devDependencies: true, packageDir: ['.', FOLDER] },
        ],
      },
    });
    project.addDevDeps('axe-core');
    project.package.setScript('site', 'tsx site/build.ts');
    project.package.setScript('site:check', 'tsx test/packaging/docs/site/browser.ts');
    this.publish(project);
  }

  /**
   * Publishes to GitHub Pages. The job that may publish runs nothing of the build: it takes the
   * artifact.
   * https://docs.github.com/en/pages/getting-started-with-github-pages/using-custom-workflows-with-github-pages
   */
  private publish(project: awscdk.AwsCdkConstructLibrary): void {
    const workflow = new github.GithubWorkflow(project.github!, 'site', {
      limitConcurrency: true,
      concurrencyOptions: { group: 'site', cancelInProgress: false },
    });
    workflow.on({
      push: { branches: ['main'] },
      workflowRun: { workflows: ['release'], types: ['completed'] },
      workflowDispatch: {},
    });
    workflow.addJob('build', {
      runsOn: ['ubuntu-latest'],
      permissions: { contents: READ },
      tools: { node: { version: '24' } },
      steps: [
        // Its tags are the versions of the site.
        {
          uses: 'actions/checkout@v7',
          with: { 'persist-credentials': false, 'fetch-depth': 0, ref: 'main' },
        },
        { run: 'npm ci --ignore-scripts' },
        { run: 'npm run site -- --versions' },
        // The artifact that the action deploy-pages expects: a tar archive of this name.
        {
          run:
            'tar --create --dereference --hard-dereference --directory site/.build/out --file ' +
            'artifact.tar .',
        },
        {
          uses: 'actions/upload-artifact@v7',
          with: {
            name: 'github-pages',
            path: 'artifact.tar',
            'if-no-files-found': 'error',
            'retention-days': 1,
          },
        },
      ],
    });
    workflow.addJob('deploy', {
      needs: ['build'],
      runsOn: ['ubuntu-latest'],
      permissions: { pages: WRITE, idToken: WRITE },
      environment: { name: 'github-pages', url: '${{ steps.deployment.outputs.page_url }}' },
      steps: [{ id: 'deployment', uses: 'actions/deploy-pages@v5' }],
    });
  }
}
