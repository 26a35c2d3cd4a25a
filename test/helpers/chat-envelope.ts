import * as v from 'valibot';

const text = v.pipe(v.string(), v.minLength(1));
/**
 * The limits of title and description, in characters. Those of the other fields are not known here,
 * so that this schema has none.
 */
const atMost = (characters: number) => v.pipe(text, v.maxLength(characters));

/**
 * The envelope of custom notifications, with no other field than its own.
 * https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export const ChatEnvelope = v.strictObject({
  version: v.literal('1.0'),
  source: v.literal('custom'),
  id: v.optional(v.string()),
  content: v.strictObject({
    textType: v.optional(v.literal('client-markdown')),
    title: v.optional(atMost(250)),
    description: atMost(8000),
    nextSteps: v.optional(v.array(text)),
    keywords: v.optional(v.array(text)),
  }),
  metadata: v.optional(
    v.strictObject({
      threadId: v.optional(text),
      summary: v.optional(text),
      eventType: v.optional(text),
      relatedResources: v.optional(v.array(text)),
      additionalContext: v.optional(v.record(v.string(), v.string())),
      enableCustomActions: v.optional(v.boolean()),
    }),
  ),
});

/**
 * What this project promises beyond the envelope: every field that it fills in, and limits of its
 * own for the other fields.
 */
const OurEnvelope = v.strictObject({
  ...ChatEnvelope.entries,
  content: v.strictObject({
    textType: v.literal('client-markdown'),
    title: atMost(250),
    description: atMost(8000),
    // All in one block of text of Slack:
    // https://docs.slack.dev/reference/block-kit/blocks/section-block/
    nextSteps: v.optional(
      v.pipe(
        v.array(text),
        v.minLength(1),
        v.check((steps) => steps.join('\n').length <= 3000, 'the steps are too long for Slack'),
      ),
    ),
    keywords: v.array(atMost(250)),
  }),
  metadata: v.strictObject({
    threadId: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,80}$/)),
    summary: atMost(250),
    eventType: v.pipe(v.string(), v.regex(/^[A-Z_]+$/)),
  }),
});
export type OurEnvelope = v.InferOutput<typeof OurEnvelope>;

export function parseEnvelope(message: string): OurEnvelope {
  return v.parse(OurEnvelope, v.parse(ChatEnvelope, JSON.parse(message)));
}

const FENCE = '```';
/** Mentions, links, entities, and the end of code: in the markup of Slack and of Teams. */
const IN_CODE = /[<>@`]|&#?\w+;/;
/** Outside of code, also bold, italic and struck-out text, and the links of Teams. */
const IN_TEXT = /[<>@`*~[\]]|&#?\w+;|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/;

/** Returns the texts of a message that a chat would show other than they are. */
export function findMarkup({
  content: { title, description, nextSteps = [], keywords },
  metadata: { summary },
}: OurEnvelope): string[] {
  const [headline, code, after, ...more] = description.split(FENCE);
  const isCode = (step: string) => step.length > 1 && step.startsWith('`') && step.endsWith('`');
  return [
    ...[title, headline, summary, ...keywords, ...nextSteps.filter((step) => !isCode(step))].filter(
      (each) => IN_TEXT.test(each),
    ),
    ...[code ?? '', ...nextSteps.filter(isCode).map((step) => step.slice(1, -1))].filter((each) =>
      IN_CODE.test(each),
    ),
    ...(code === undefined || after === '' ? [] : [`the code does not end: ${description}`]),
    ...more,
  ];
}
