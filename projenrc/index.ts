export * from './handlers';
export * from './hygiene';
export * from './packaging';
export * from './sandbox-commands';
