export * from './editor';
export * from './handlers';
export * from './hygiene';
export * from './lint';
export * from './packaging';
export * from './release';
export * from './sandbox-commands';
export * from './sandbox-package';
