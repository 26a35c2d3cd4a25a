export { look, type LookOptions, type LookProgress } from './look/look';
export type { LookReport } from './look/report';
