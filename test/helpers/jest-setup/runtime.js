const path = require('node:path');
const Runtime = require('jest-runtime').default;

const CDK = /^(aws-cdk-lib|constructs)(\/|$)/;

/**
 * Each test file has modules of its own, but for CDK, of which a worker has one for all of its files: to load it and to compile what V8
 * finds hot again for each file took half of the time of tests that synthesize. CDK keeps what it knows of an app in the app.
 */
module.exports = class extends Runtime {
  constructor(...args) {
    super(...args);
    // CDK reads the environment of the process, of which jest gives each test file a copy. What a file changes is gone after it.
    this.environmentBefore = { ...process.env };
    this._environment.global.process.env = process.env;
  }

  teardown() {
    for (const name of Object.keys(process.env)) { if (!(name in this.environmentBefore)) { delete process.env[name]; } }
    Object.assign(process.env, this.environmentBefore);
    return super.teardown();
  }

  requireModuleOrMock(from, name) {
    return CDK.test(name) ? require(require.resolve(name, { paths: [path.dirname(from)] })) : super.requireModuleOrMock(from, name);
  }
};
