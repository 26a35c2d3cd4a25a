const path = require('node:path');
const Runtime = require('jest-runtime').default;

const CDK = /^(aws-cdk-lib|constructs)(\/|$)/;

/**
 * Each test file has modules of its own, but for CDK, of which a worker has one for all of its files: to load it and to compile what V8
 * finds hot again for each file took half of the time of tests that synthesize. CDK keeps what it knows of an app in the app.
 */
module.exports = class extends Runtime {
  requireModuleOrMock(from, name) {
    return CDK.test(name) ? require(require.resolve(name, { paths: [path.dirname(from)] })) : super.requireModuleOrMock(from, name);
  }
};
