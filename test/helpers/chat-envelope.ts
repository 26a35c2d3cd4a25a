import * as v from 'valibot';

const markup = (maxLength: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(maxLength));

/**
 * The envelope of custom notifications, with no other field than its own.
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export const ChatEnvelope = v.strictObject({
  version: v.literal('1.0'),
  source: v.literal('custom'),
  id: v.optional(v.string()),
  content: v.strictObject({
    textType: v.literal('client-markdown'),
    title: markup(250),
    description: markup(8000),
    nextSteps: v.optional(v.pipe(v.array(markup(2000)), v.minLength(1))),
    keywords: v.optional(v.array(markup(250))),
  }),
  metadata: v.strictObject({
    threadId: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,80}$/)),
    summary: markup(250),
    eventType: markup(250),
  }),
});
export type ChatEnvelope = v.InferOutput<typeof ChatEnvelope>;

export function parseEnvelope(message: string): ChatEnvelope {
  return v.parse(ChatEnvelope, JSON.parse(message));
}
