export * from './alert-mode';
export * from './archive-layout';
export * from './conflict-policy';
export * from './date-selection';
export * from './date-source';
export * from './retry-policy';
export * from './s3-dated-archiver';
export * from './s3-dated-archiver-props';
