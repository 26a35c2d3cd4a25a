// The process of one function instance: loads the handler and answers invocations one after the other,
// as Lambda's Node.js runtime does. Plain JavaScript, so that a bundle runs on nothing but Node.
'use strict';
const path = require('path');

const started = process.hrtime.bigint();
const [file, ...exportPath] = process.env._HANDLER.split('.');

// What the clock of the run is ahead of this machine's: StartTime may be any day that a run is tried for.
let clockOffset = 0;
const RealDate = Date;
globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    super(...given.length === 0 ? [RealDate.now() + clockOffset] : given);
  }
  static now() {
    return RealDate.now() + clockOffset;
  }
};

// What is printed goes one way, in its order, and stdout tells where an invocation's output ends.
const print = process.stdout.write.bind(process.stdout);
process.stderr.write = print;

process.on('disconnect', () => process.exit());
process.on('uncaughtException', (error) => fail('error', undefined, error));
process.on('unhandledRejection', (reason) => fail('error', undefined, Object.assign(new Error(String(reason && reason.message || reason)), {
  name: 'Runtime.UnhandledPromiseRejection',
})));

load().then((handler) => {
  process.on('message', (invocation) => answer(handler, invocation));
  process.send({ kind: 'ready', initMs: Number(process.hrtime.bigint() - started) / 1e6 });
}, (error) => fail('init-error', undefined, error));

async function load() {
  let loaded;
  try {
    loaded = require(path.join(process.env.LAMBDA_TASK_ROOT, file));
  } catch (error) {
    if (error && error.code === 'MODULE_NOT_FOUND') throw Object.assign(new Error(error.message), { name: 'Runtime.ImportModuleError' });
    throw error;
  }
  const handler = exportPath.reduce((value, name) => value && value[name], loaded);
  if (typeof handler !== 'function') {
    throw Object.assign(new Error(`${process.env._HANDLER} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
  }
  return handler;
}

function answer(handler, invocation) {
  const { requestId, event, deadline, functionArn, traceId } = invocation;
  clockOffset = invocation.clockOffset;
  process.env._X_AMZN_TRACE_ID = traceId;
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: requestId,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => deadline - RealDate.now(),
  };
  new Promise((resolve, reject) => {
    const returned = handler(JSON.parse(event), context, (error, result) => (error ? reject(error) : resolve(result)));
    if (returned && typeof returned.then === 'function') returned.then(resolve, reject);
    else if (handler.length < 3) resolve(returned);
  }).then(
    (result) => ({ kind: 'result', requestId, payload: JSON.stringify(result === undefined ? null : result) }),
    (error) => ({ kind: 'error', requestId, error: describe(error) }),
  ).then((message) => {
    print(`END RequestId: ${requestId}\n`);
    process.send(message);
  });
}

/** An uncaught error ends the instance. */
function fail(kind, requestId, error) {
  console.error(error);
  process.send({ kind, requestId, error: describe(error) }, () => print('', () => process.exit(129)));
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack || '').split('\n') };
}
