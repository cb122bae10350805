// Texts in the reader's language. Chinese is the source: t`第${n}项` looks for "第{0}项" among the texts that the
// page of another language brings (static/texts, made of the catalogue `script`), and stays Chinese without them.
const texts = globalThis.wenzeTexts;

/** Whether the reader reads another language than Chinese. */
export const foreign = texts !== undefined;

export function t(parts, ...values) {
  const key = parts.reduce((text, part, at) => `${text}{${at - 1}}${part}`);
  return (texts?.[key] ?? key).replace(/{(\d+)}/g, (whole, at) => (at in values ? values[at] : whole));
}
