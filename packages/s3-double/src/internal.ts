/**
 * Parts of the double that the sandbox shares: it reads requests, decides what they need, and
 * answers in S3's words. No other program should use them.
 * @internal
 */
export { toAction } from './access/actions';
export { findSecretHeaders } from './access/guarded-headers';
export {
  type ForeignFacts,
  getRequestKeys,
  hasExistingTags,
  type KeySource,
} from './access/request-keys';
export { newBill, resetBill } from './server/bill';
export { runS3Command } from './command/command';
export { renderCompletion } from './command/completion';
export { describeFaultKinds } from './command/describe-fault-kinds';
export {
  COMMON_FLAGS,
  describeFlags,
  type Flag,
  type FlagValues,
  parseArguments,
  type ParsedArguments,
  parseFlags,
  wrap,
} from './command/flags';
export type { Answer as S3Answer, Context as S3Context, S3Guard, Step } from './http/context';
export { S3Error } from './common/errors';
export { isKeyFault, KEY_FAULTS } from './faults/faults';
export { closed } from './faults/late-answers';
export { readFaultPlan } from './command/read-fault-plan';
export { makeUnreadable } from './faults/unreadable';
export { parseTarget, toOperation } from './http/operation';
export { refuseForeignOrigin } from './http/origin';
export { buildRequest, header as getHeader, readAccessKeyId } from './http/request';
export { errorAnswer, respond } from './http/respond';
export { describeCall, refusal } from './server/server';
export { element, XML_HEADER, XMLNS } from './http/xml';
export { isObject, toList } from './common/json';
export { readEncryption } from './objects/attributes';
export { parseTagSet } from './http/tag-set';
export { parseCopySource } from './http/copy-source';
export { Denials } from './store/denials';
export { type Deletion, parseDeletions } from './operations/delete';
export {
  type Condition,
  type ConditionKeys,
  holds,
  isKnown,
  toConditions,
} from './policy-language/conditions';
export { type Matcher, toActionPattern, toPattern } from './policy-language/pattern';
