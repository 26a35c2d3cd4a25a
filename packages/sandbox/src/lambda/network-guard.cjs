// Keeps a function's process on this machine: it may connect to the sandbox's own servers and to nothing else.
// It is loaded before any other code of the process (NODE_OPTIONS), also in worker threads and in child processes that
// run Node.js. Plain JavaScript, so that a bundle runs on nothing but Node.
//
// It replaces functions of Node.js, so it holds for JavaScript. It cannot hold native code, which makes system calls of
// its own; therefore native add-ons and programs other than Node.js are refused.
'use strict';
const childProcess = require('child_process');
const dgram = require('dgram');
const dns = require('dns');
const { syncBuiltinESMExports } = require('module');
const net = require('net');
const workers = require('worker_threads');

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
/** Where the SDKs send requests (environment.ts); read before the function can change them. */
const ENDPOINTS = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^AWS_ENDPOINT_URL(_S3|_SFN|_SNS)?$/.test(name)));
const PORTS = new Set(Object.values(ENDPOINTS).filter((url) => URL.canParse(url)).map((url) => new URL(url).port));
/** In NODE_OPTIONS, quotes and backslashes are escaped: https://nodejs.org/api/cli.html#node_optionsoptions */
const PRELOAD = `--require "${__filename.replace(/[\\"]/g, '\\$&')}"`;

function refusal(what) {
  return Object.assign(new Error(
    `The sandbox refused ${what}. Functions in the sandbox can connect only to the S3, Step Functions and SNS of the sandbox, `
    + 'so that a trial run never reaches AWS or another system. Replace this call in the trial, or test it elsewhere.',
  ), { code: 'ERR_SANDBOX_REFUSED' });
}

// Every TCP, TLS, HTTP and fetch client of Node.js connects with this method.
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function guardedConnect(...given) {
  // net.connect() calls it with an array of options and callback.
  const [first, second] = Array.isArray(given[0]) ? given[0] : given;
  const callback = [...given, second].find((value) => typeof value === 'function');
  // A copy: an object with a getter cannot name one host here and another one below.
  const options = typeof first === 'object' && first !== null ? { ...first } : toOptions(first, second);
  const host = String(options.host || 'localhost');
  const port = String(options.port);
  if (options.path || !LOOPBACK.includes(host) || !PORTS.has(port)) {
    process.nextTick(() => this.destroy(refusal(`a connection to ${options.path || `${host}:${port}`}`)));
    return this;
  }
  // The name of this machine needs no lookup, and the caller's own lookup could answer with another address.
  return connect.call(this, { ...options, host: host === '::1' ? host : '127.0.0.1', port: Number(port), lookup: undefined }, ...callback ? [callback] : []);
};

function toOptions(first, second) {
  const isPort = typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first));
  return isPort ? { port: first, host: typeof second === 'string' ? second : undefined } : { path: String(first) };
}

for (const method of ['send', 'connect']) {
  dgram.Socket.prototype[method] = function guardedDatagram() {
    throw refusal('a UDP datagram');
  };
}

/** Names of this machine and addresses are resolved without a request. */
const needsNoRequest = (name) => LOOPBACK.includes(name) || net.isIP(name) !== 0;

const lookup = dns.lookup;
dns.lookup = function guardedLookup(name, ...rest) {
  if (needsNoRequest(name)) { return lookup.call(dns, name, ...rest); }
  const callback = rest.at(-1);
  process.nextTick(() => callback(refusal(`to look up ${name}`)));
  return {};
};
const lookupPromise = dns.promises.lookup;
dns.promises.lookup = async (name, ...rest) => {
  if (!needsNoRequest(name)) { throw refusal(`to look up ${name}`); }
  return lookupPromise.call(dns.promises, name, ...rest);
};
const isRequest = (name) => /^(resolve|reverse|lookupService)/.test(name);
for (const target of [dns, dns.Resolver.prototype]) {
  for (const name of methodsOf(target).filter(isRequest)) {
    target[name] = (...given) => { process.nextTick(() => given.at(-1)(refusal(`a DNS request for ${given[0]}`))); };
  }
}
for (const target of [dns.promises, dns.promises.Resolver.prototype]) {
  for (const name of methodsOf(target).filter(isRequest)) {
    target[name] = async (subject) => { throw refusal(`a DNS request for ${subject}`); };
  }
}

/** Methods of an object and of the class above it, such as ResolverBase. */
function methodsOf(target) {
  const above = Object.getPrototypeOf(target);
  const own = Object.getOwnPropertyNames(target).filter((name) => typeof target[name] === 'function');
  return above === null || above === Object.prototype ? own : [...own, ...methodsOf(above)];
}

/** The environment of a child: with this guard first, and with the endpoints of this process. */
function guardedEnvironment(env = process.env) {
  const given = (env.NODE_OPTIONS || '').split(PRELOAD).join('').trim();
  return { ...env, ...ENDPOINTS, NODE_OPTIONS: `${PRELOAD} ${given}`.trim() };
}

/** Only Node.js loads the guard. It can start other programs itself with --run, which is native code. */
function demandNode(file, args = []) {
  if (!['node', process.execPath].includes(file) || args.some((arg) => /^--run\b/.test(String(arg)))) {
    throw refusal(`to start the program ${[file, ...args].join(' ')}`);
  }
}

// spawn, fork, exec and execFile start their child with this method.
const spawn = childProcess.ChildProcess.prototype.spawn;
childProcess.ChildProcess.prototype.spawn = function guardedSpawn(options) {
  demandNode(options.file, (options.args || []).slice(1));
  const env = Object.fromEntries((options.envPairs || []).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
  const envPairs = Object.entries(guardedEnvironment(env)).map(([name, value]) => `${name}=${value}`);
  return spawn.call(this, { ...options, file: process.execPath, envPairs });
};
for (const name of ['spawnSync', 'execFileSync']) {
  const original = childProcess[name];
  childProcess[name] = (file, ...rest) => {
    const args = Array.isArray(rest[0]) ? rest[0] : [];
    const options = { ...Array.isArray(rest[0]) || rest[0] === undefined || rest[0] === null ? rest[1] : rest[0] };
    demandNode(options.shell ? `${file} (with a shell)` : file, args);
    return original.call(childProcess, process.execPath, args, { ...options, shell: false, env: guardedEnvironment(options.env) });
  };
}
childProcess.execSync = (command) => { throw refusal(`to start a shell for ${command}`); };

workers.Worker = class Worker extends workers.Worker {
  constructor(file, options = {}) {
    const env = options.env === workers.SHARE_ENV ? options.env : guardedEnvironment(options.env);
    // A worker with execArgv of its own does not load what the process was started with.
    super(file, { ...options, env, execArgv: ['--require', __filename, ...options.execArgv || []] });
  }
};

// Ways to native code, which the guard cannot hold.
process.dlopen = (_module, file) => { throw refusal(`to load the native add-on ${file}`); };
if (process.execve) { process.execve = (file) => { throw refusal(`to become the program ${file}`); }; }
const binding = process.binding;
process.binding = (name) => {
  if (/wrap|spawn|stream|inspector/.test(name)) { throw refusal(`the internal part ${name} of Node.js`); }
  return binding.call(process, name);
};
process._linkedBinding = (name) => { throw refusal(`the internal part ${name} of Node.js`); };

// `import { connect } from 'node:net'` sees the same functions as require().
syncBuiltinESMExports();
