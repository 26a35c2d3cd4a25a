export * from './handlers';
export * from './hygiene';
export * from './sandbox-commands';
